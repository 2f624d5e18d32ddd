import { z } from 'zod';
import { featureSchema } from '../domain/input.ts';
import { taskSchema } from '../domain/task.ts';

/** The format of an artifact's `driftloop.json`; raised when an older reader would misread a newer file. */
export const ARTIFACT_FORMAT = 1;

const share = z.number().min(0).max(1);
const shares = z.record(z.string(), share);
const width = z.int().positive().max(1_000_000);

const columnSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    name: z.string(),
    kind: z.literal('number'),
    mean: z.number(),
    scale: z.number().nonnegative(),
    missing: z.boolean(),
  }),
  z.strictObject({
    name: z.string(),
    kind: z.literal('category'),
    values: z.array(z.string()).min(1),
    missing: z.boolean(),
  }),
  z.strictObject({
    name: z.string(),
    kind: z.literal('text'),
    terms: z.array(z.strictObject({ term: z.string(), weight: z.number().positive() })),
    missing: z.boolean(),
  }),
]);

const featureReferenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('number'),
    edges: z.array(z.number()),
    range: z.strictObject({ low: z.number(), high: z.number() }).optional(),
    shares,
  }),
  z.strictObject({ kind: z.literal('category'), values: z.array(z.string()), shares }),
  z.strictObject({ kind: z.literal('text'), edges: z.array(z.number()), shares }),
  z.strictObject({ kind: z.literal('image'), edges: z.array(z.number()), shares }),
]);
/** Shares of the training rows, which live rows are compared with. */
export const referenceSchema = z.strictObject({
  features: z.record(z.string(), featureReferenceSchema),
  labels: shares,
});

/** What is added to each label's logit / temperature, since labels come in other shares than it was trained on. */
export const shiftSchema = z.array(z.number());

/** How a version was trained, in numbers. */
export const trainingSchema = z.strictObject({
  rows: z.int().nonnegative(),
  validationRows: z.int().nonnegative(),
  steps: z.int().nonnegative(),
  epochs: z.int().nonnegative(),
  bestEpoch: z.int().nonnegative(),
  validationLoss: z.number().nullable(),
  backend: z.string(),
  notes: z.array(z.string()),
});

/** Everything of a version but its weights: what it expects, how it was made, and what it was made from. */
export const signatureSchema = z.strictObject({
  format: z.literal(ARTIFACT_FORMAT),
  model: z.strictObject({
    name: z.string(),
    task: taskSchema,
    input: z.record(z.string(), featureSchema),
  }),
  preprocessing: z.strictObject({ columns: z.array(columnSchema).min(1) }),
  network: z.strictObject({ inputs: width, hidden: z.array(width).max(64), outputs: width }),
  temperature: z.number().positive(),
  /** Of a regression: the network answers (value − mean) / deviation. */
  target: z.strictObject({ mean: z.number(), deviation: z.number().positive() }).optional(),
  reference: referenceSchema,
  training: trainingSchema,
  lineage: z.record(z.string(), z.string()),
});
export type Signature = z.infer<typeof signatureSchema>;
