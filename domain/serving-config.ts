import { z } from 'zod';
import { duration } from './duration.ts';

/** Who answers production with a model: Driftloop's own servers, or a team that serves it itself. */

const webhook = z
  .string()
  .superRefine((text, context) => {
    const problem = webhookProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ description: 'where a promoted version is handed over: POST, signed, until it is answered 2xx' });

function webhookProblem(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'must be an address such as "https://models.example.org/driftloop"';
  return url.username === '' && url.password === ''
    ? null
    : 'must carry no name and password: the config is stored; the signature says who calls';
}

export const servingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('driftloop') }),
  z.strictObject({
    kind: z.literal('outside'),
    webhook,
    secretEnv: z
      .string()
      .regex(
        /^[A-Z][A-Z0-9_]*$/,
        'must be the name of an environment variable, such as DRIFTLOOP_HANDOVER_SECRET; the secret itself is never in the config',
      )
      .default('DRIFTLOOP_HANDOVER_SECRET')
      .meta({
        description: 'the environment variable of the worker with the secret of the signature (whsec_…)',
      }),
    deliverWithin: duration
      .default('3d')
      .meta({ description: 'how long the webhook is tried, until it answers 2xx' }),
    deployWithin: duration.default('7d').meta({
      description: 'how long production may take to answer with the version, before it is withdrawn',
    }),
  }),
]);

/** Served by a team's own server, which publishes to the topics and is handed each promoted version. */
export type ServedOutside = Extract<z.output<typeof servingSchema>, { kind: 'outside' }>;
