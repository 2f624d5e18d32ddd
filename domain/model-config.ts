import { z } from 'zod';
import { webhookSchema } from './webhook-config.ts';
import { approvalSchema } from './approval-config.ts';
import { cron } from './cron.ts';
import { duration } from './duration.ts';
import { fineTuneSchema } from './fine-tune-config.ts';
import { gateSchema } from './gate-config.ts';
import { featureSchema } from './input.ts';
import { rolloutSchema } from './rollout-config.ts';
import { servingSchema } from './serving-config.ts';
import { declaredTaskSchema, taskSchema } from './task.ts';
import { trainerSchema } from './trainer-config.ts';
import { triageSchema } from './triage.ts';
import { watchSchema } from './watch-config.ts';

/** The schema of one model's config: the single source of types, defaults, validation and the reference. */

const share = z.number().gt(0).lt(1);

/** What a training begins from: a name is that of a folder, or of a model on the Hugging Face hub. */
export const baseSchema = z.union([
  z
    .string()
    .min(1)
    .meta({ description: 'the folder of a base, seen from the config, or hf:owner/name' })
    .transform((from) => ({ kind: 'pretrained' as const, from })),
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('scratch') }),
    z.strictObject({ kind: z.literal('champion') }),
    z.strictObject({
      kind: z.literal('pretrained'),
      from: z.string().min(1).meta({ description: 'a folder, or hf:owner/name' }),
    }),
  ]),
]);

export const modelSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower case letters, digits and "-", beginning with a letter'),
  task: declaredTaskSchema,
  input: z.record(z.string().regex(/^[A-Za-z_]\w*$/, 'must be a word'), featureSchema),
  entity: z
    .string()
    .optional()
    .meta({ description: 'a field of the request context: sticky routing, leakage-safe partitions' }),
  base: baseSchema.default({ kind: 'scratch' }),
  fineTune: fineTuneSchema
    .optional()
    .meta({ description: 'how it is trained; what is left out is recommended for the task and its data' }),
  trainer: trainerSchema.default({ kind: 'driftloop' }),
  watch: z.array(watchSchema).default([]),
  retrain: z
    .strictObject({
      mode: z
        .enum(['auto', 'suggest', 'off'])
        .default('auto')
        .meta({ description: 'suggest: nothing is trained or promoted without a person' }),
      on: z
        .array(z.enum(['regret', 'quality', 'drift', 'volume']))
        .default(['regret', 'quality'])
        .meta({ description: 'which alerts begin a run; volume: every minLabels new labels' }),
      price: z.number().min(1).default(50).meta({ description: 'what one training is worth, in errors' }),
      patience: z
        .int()
        .positive()
        .default(300)
        .meta({ description: 'labelled rows after which a patient gate decides' }),
      minLabels: z.int().positive().default(250).meta({ description: 'least labelled rows since the onset' }),
      schedule: cron.optional().meta({ description: 'cron (UTC): retrain at fixed times too' }),
      cooldown: duration.default('1h').meta({ description: 'least time between the starts of two runs' }),
      budget: z
        .strictObject({
          gpuMinutesPerMonth: z.number().positive().meta({
            description: 'of training, over the last 30 days; a run that would exceed them is not begun',
          }),
        })
        .optional(),
      triage: triageSchema
        .prefault({})
        .meta({ description: 'what is done about what triage finds; each has its default' }),
      holdoutShare: share.default(0.1).meta({ description: 'share of entities that never train' }),
    })
    .prefault({}),
  gate: gateSchema.prefault({}),
  approval: approvalSchema.prefault({}),
  rollout: rolloutSchema.prefault({}),
  serving: servingSchema.default({ kind: 'driftloop' }),
  joinHorizon: duration.default('30d').meta({ description: 'how long feedback waits for its prediction' }),
});

/** A model as it is declared, parsed: plain JSON with every default filled in. */
export type ModelConfig = z.output<typeof modelSchema>;
const rowModelSchema = modelSchema.extend({ task: taskSchema });
/** One that answers rows: with a label, or with a number. */
export type AnyModel = z.output<typeof rowModelSchema>;
export type Watch = z.output<typeof watchSchema>;

export const configSchema = z.strictObject({
  namespace: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be lower case letters, digits and "-"')
    .default('default')
    .meta({ description: 'keeps staging and production apart on one cluster' }),
  models: z.array(modelSchema).min(1),
  retention: duration.default('400d').meta({ description: 'how long predictions and feedback are kept' }),
  seriesPerModel: z
    .int()
    .positive()
    .default(2_000)
    .meta({ description: 'more Prometheus series are capped, and the capped counted' }),
  webhooks: z
    .array(webhookSchema)
    .optional()
    .meta({ description: 'who is told what happens; docs/notifications.md' }),
});
export type DriftloopConfig = z.output<typeof configSchema>;
