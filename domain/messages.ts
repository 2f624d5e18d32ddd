import { z } from 'zod';

/** The Kafka contract, version 1: what stands in the topics, whoever produces it. */

const instant = z.iso.datetime({
  offset: true,
  precision: 3,
  error: 'must be an RFC 3339 time with milliseconds',
});
const predictionId = z.uuidv7({ error: 'must be a UUIDv7' });

const scores = z.record(z.string(), z.number());
/** By task: a label, any number of labels, a number, a text. */
export const predictionOutput = z.union([
  z.object({ label: z.string(), scores }),
  z.object({ labels: z.array(z.string()), scores }),
  z.object({ value: z.number() }),
  z.object({ text: z.string() }),
]);

export const predictionMessage = z.object({
  predictionId,
  model: z.string().min(1),
  version: z.string().min(1),
  input: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  output: predictionOutput,
  context: z.record(z.string(), z.unknown()).optional(),
  at: instant,
});
export type PredictionMessage = z.infer<typeof predictionMessage>;

export const feedbackKinds = ['label', 'correction', 'rating', 'outcome', 'retract'] as const;

export const feedbackMessage = z.object({
  feedbackId: z.string().min(1).max(200),
  predictionId,
  kind: z.enum(feedbackKinds),
  value: z.unknown(),
  at: instant,
  source: z.string().min(1).max(200),
});
export type FeedbackMessage = z.infer<typeof feedbackMessage>;

/**
 * A source that begins so says that its row was picked to be labelled: because the model was unsure, because people
 * differ, because it is new. Such a label may train and judges nothing, for picked rows are harder than the traffic.
 */
export const PICKED = 'picked:';

/** What could not take effect, and why, as relayed to the topic of dead letters: at least once, known by its id. */
export const deadLetterMessage = z.object({
  id: z.number().int().describe('the same where a letter was sent twice'),
  code: z
    .string()
    .regex(/^DL_[A-Z_]+$/)
    .describe('stable; why it had no effect'),
  reason: z.string().describe('the same as a sentence, with the values'),
  model: z.string().nullable().describe('null where it is not known'),
  topic: z.string().describe('where the message came from, with partition and offset'),
  partition: z.number().int(),
  offset: z.string().regex(/^\d+$/),
  at: instant.describe('when it was put aside'),
  payload: z
    .string()
    .nullable()
    .optional()
    .describe('as it came, where that is text; null where it was empty'),
  payloadBase64: z.base64().optional().describe('as it came, where that is not text'),
});
export type DeadLetterMessage = z.infer<typeof deadLetterMessage>;

export const topics = (namespace: string) => ({
  predictions: `${namespace}.driftloop.predictions.v1`,
  feedback: `${namespace}.driftloop.feedback.v1`,
  deadLetter: `${namespace}.driftloop.dead-letter.v1`,
  events: `${namespace}.driftloop.events.v1`,
});

/** The time inside a UUIDv7, in milliseconds. From the id alone a row finds its time partition. */
export const uuidTimeMs = (uuidv7: string): number =>
  Number.parseInt(uuidv7.slice(0, 8) + uuidv7.slice(9, 13), 16);
