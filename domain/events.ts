import { z } from 'zod';
import { trialModes } from './version.ts';

/** What the loop tells the world: CloudEvents 1.0 in `<namespace>.driftloop.events.v1`, keyed by model. */

const route = z.object({
  generation: z.int(),
  champion: z.string(),
  challenger: z.string().nullable(),
  share: z.number().nullable(),
  mode: z.enum(trialModes).nullable().describe('how the challenger meets the traffic'),
  by: z.string(),
  because: z.string(),
  runId: z.string().nullable(),
});

const kinds = {
  'driftloop.run.begun.v1': z.object({ runId: z.string(), trigger: z.string(), because: z.string() }),
  'driftloop.run.ended.v1': z.object({
    runId: z.string(),
    outcome: z.enum(['promoted', 'rejected', 'withdrawn', 'skipped', 'failed']),
    version: z.string().nullable(),
    sentence: z.string(),
  }),
  'driftloop.approval.decided.v1': z.object({
    runId: z.string(),
    about: z.enum(['training', 'promotion']),
    decision: z.enum(['approve', 'reject']),
    by: z.string(),
    because: z.string(),
  }),
  'driftloop.version.registered.v1': z.object({
    version: z.string(),
    digest: z.string(),
    parent: z.string().nullable(),
    runId: z.string().nullable(),
  }),
  'driftloop.route.changed.v1': route,
} as const;

type Kinds = typeof kinds;
/** Something that has happened to a model. */
export type LoopEvent = {
  [K in keyof Kinds]: { type: K; model: string; data: z.output<Kinds[K]> };
}[keyof Kinds];

const envelope = z.object({
  specversion: z.literal('1.0'),
  id: z
    .string()
    .meta({ description: 'the same event has the same id, however often it stands in the topic' }),
  source: z.string().meta({ description: '/driftloop/<namespace>' }),
  subject: z.string().meta({ description: 'the model' }),
  time: z.iso.datetime({ precision: 3 }),
  datacontenttype: z.literal('application/json'),
});

/** The message as it stands in the topic. */
export const eventMessage = z.discriminatedUnion(
  'type',
  (Object.keys(kinds) as (keyof Kinds)[]).map((type) =>
    envelope.extend({ type: z.literal(type), data: kinds[type] }),
  ) as unknown as [z.ZodObject<{ type: z.ZodLiteral<string> }>],
);
