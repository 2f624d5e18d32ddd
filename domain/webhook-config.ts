import { z } from 'zod';
import type { ConfigProblem } from './config-problems.ts';
import { eventTypes } from './events.ts';
import type { LoopEvent } from './events.ts';

/** Where a team is told something, and with which secret it is signed. */

/** An address, without anything secret in it. */
export const webhook = (description: string) =>
  z
    .string()
    .superRefine((text, context) => {
      const problem = webhookProblem(text);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    })
    .meta({ description });

function webhookProblem(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'must be an address such as "https://models.example.org/driftloop"';
  return url.username === '' && url.password === ''
    ? null
    : 'must carry no name and password: the config is stored; the signature says who calls';
}

/** The name of the variable that has the secret; the secret itself is never in a config. */
export const secretEnv = (variable: string) =>
  z
    .string()
    .regex(
      /^[A-Z][A-Z0-9_]*$/,
      `must be the name of an environment variable, such as ${variable}; the secret itself is never in the config`,
    )
    .default(variable)
    .meta({
      description: 'the environment variable of the worker with the secret of the signature (whsec_…)',
    });

/** How a webhook is told: the event as it stands in the topic, or a message for people. */
export const webhookFormats = ['cloudevents', 'slack'] as const;

const variable = (example: string, description: string) =>
  z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, `must be the name of an environment variable, such as ${example}`)
    .optional()
    .meta({ description });

/** A webhook that is told what happens. */
export const webhookSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower case letters, digits and "-", beginning with a letter')
      .meta({ description: 'stands beside its deliveries' }),
    url: webhook('where it is posted to').optional(),
    urlEnv: variable(
      'SLACK_WEBHOOK_URL',
      'in place of `url`, the environment variable of the worker with the address: that of a chat tool is a secret',
    ),
    secretEnv: variable(
      'DRIFTLOOP_WEBHOOK_SECRET',
      'the environment variable of the worker with the secret of the signature (whsec_…); left out, DRIFTLOOP_WEBHOOK_SECRET signs CloudEvents, and nothing signs a chat message',
    ),
    format: z.enum(webhookFormats).default('cloudevents').meta({
      description: 'cloudevents: the event as JSON; slack: a message for people (Slack, Mattermost)',
    }),
    types: z
      .array(
        z.string().refine((pattern) => eventTypes.some((type) => isOfType(pattern, type)), {
          error: 'must be a type of event, or the beginning of some and "*", such as "driftloop.rollout.*"',
        }),
      )
      .min(1)
      .default(['*'])
      .meta({ description: 'which events; docs/notifications.md lists them' }),
    models: z.array(z.string()).min(1).optional().meta({
      description: 'only what happens to these; left out, everything, and what concerns the installation',
    }),
    tries: z.int().min(1).max(10).default(8).meta({
      description:
        'how often an event is posted before it is given up: over about 17 hours with 8, 75 with 10',
    }),
  })
  .refine(({ url, urlEnv }) => (url === undefined) !== (urlEnv === undefined), {
    path: ['url'],
    error: 'must be given, or urlEnv in its place',
  });
export type DeclaredWebhook = z.output<typeof webhookSchema>;

/** Whether an event is of this type: `driftloop.run.ended.v1`, `driftloop.run.*`, `*`. */
const isOfType = (pattern: string, type: string): boolean =>
  pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;

/** Whether a webhook is to be told of an event. */
export const isTold = (
  { types, models }: DeclaredWebhook,
  event: Pick<LoopEvent, 'type' | 'model'>,
): boolean =>
  types.some((pattern) => isOfType(pattern, event.type)) &&
  (models === undefined || (event.model !== null && models.includes(event.model)));

/** What a webhook names, beside the models that there are and the other webhooks. */
export function checkWebhooks(
  webhooks: readonly DeclaredWebhook[],
  models: readonly Readonly<{ name: string }>[],
): ConfigProblem[] {
  const names = models.map(({ name }) => name);
  return webhooks.flatMap(({ name, models: of = [] }, index) => {
    const path = `webhooks.${index}`;
    const twice = webhooks.findIndex((other) => other.name === name) < index;
    return [
      ...(twice
        ? [
            {
              path: `${path}.name`,
              problem: `"${name}" is declared twice`,
              fix: 'Give each webhook its own name.',
            },
          ]
        : []),
      ...of
        .filter((model) => !names.includes(model))
        .map((model) => ({
          path: `${path}.models`,
          problem: `"${model}" is no model of this config`,
          fix: `Choose among ${names.join(', ')}.`,
        })),
    ];
  });
}
