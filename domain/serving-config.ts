import { z } from 'zod';
import { duration } from './duration.ts';
import { secretEnv, webhook } from './webhook-config.ts';

/** Who answers production with a model: Driftloop's own servers, or a team that serves it itself. */

export const servingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('driftloop') }),
  z.strictObject({
    kind: z.literal('outside'),
    webhook: webhook('where a promoted version is handed over: POST, signed, until it is answered 2xx'),
    secretEnv: secretEnv('DRIFTLOOP_HANDOVER_SECRET'),
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
