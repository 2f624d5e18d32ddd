import { z } from 'zod';
import { duration, milliseconds } from './duration.ts';
import type { DeclaredTask } from './task.ts';
import { secretEnv, webhook } from './webhook-config.ts';

/** Who answers production with a model: Driftloop's own servers, or a team that serves it itself. */

/** Rows that may wait for a version. */
const QUEUE_ROWS = 4_096;

export const servingSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('driftloop'),
    queueRows: z
      .int()
      .positive()
      .optional()
      .meta({
        description: `rows that may wait for a version in one server; more are turned away (503); left out: ${QUEUE_ROWS}`,
      }),
    answerWithin: duration.optional().meta({
      description:
        'how long a version may take to answer a request, waiting included (504); left out: 30s, or 10m for a model that writes',
    }),
  }),
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

/** How much may wait for a version, and how long. */
export type AnswerLimits = { queueRows: number; answerWithinMs: number };

/** Writing takes as long as the text is; everything else that takes long is a fault. */
const answerWithin = (task: DeclaredTask): string => (task.kind === 'generation' ? '10m' : '30s');

export function answerLimits({
  serving,
  task,
}: {
  serving: z.output<typeof servingSchema>;
  task: DeclaredTask;
}): AnswerLimits {
  const own = serving.kind === 'driftloop' ? serving : null;
  return {
    queueRows: own?.queueRows ?? QUEUE_ROWS,
    answerWithinMs: milliseconds(own?.answerWithin ?? answerWithin(task)),
  };
}
