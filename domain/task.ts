import { z } from 'zod';

export const classificationSchema = z.strictObject({
  kind: z.literal('classification'),
  labels: z.array(z.string().min(1)).min(2),
  /** Codes in the data, mapped to labels: { "0": "DOWN", "1": "UP" }. */
  codes: z.record(z.string(), z.string()).optional(),
});
const regressionSchema = z.strictObject({ kind: z.literal('regression') });
/** What writes: a prompt is answered with a text. */
export const generationSchema = z.strictObject({ kind: z.literal('generation') });

/** What a model that reads rows is asked. */
export const taskSchema = z.discriminatedUnion('kind', [classificationSchema, regressionSchema]);
export type Task = z.infer<typeof taskSchema>;
/** What any model is asked. */
export const declaredTaskSchema = z.discriminatedUnion('kind', [...taskSchema.options, generationSchema]);
export type DeclaredTask = z.infer<typeof declaredTaskSchema>;
export type Classification = z.infer<typeof classificationSchema>;
export type Regression = z.infer<typeof regressionSchema>;
export type Generation = z.infer<typeof generationSchema>;

/** One label out of a few. `codes` maps what stands in the data to labels. */
export const classification = <const L extends string>(options: {
  labels: readonly L[];
  codes?: Readonly<Record<string, NoInfer<L>>>;
}) =>
  ({
    kind: 'classification',
    labels: [...options.labels],
    ...(options.codes ? { codes: { ...options.codes } } : {}),
  }) as { kind: 'classification'; labels: L[]; codes?: Record<string, L> };

/** A number: a price, a duration, an amount. Trained from files; the loop does not serve it yet. */
export const regression = (): Regression => ({ kind: 'regression' });

/** A text: an answer to a prompt, written by a base that can write. Trained from files; the loop does not serve it yet. */
export const generation = (): Generation => ({ kind: 'generation' });

/** The label that a raw value stands for, or undefined where the value is none of them. */
export function labelOf(task: Classification, raw: unknown): string | undefined {
  if (typeof raw !== 'string' && typeof raw !== 'number' && typeof raw !== 'boolean') return undefined;
  const text = String(raw);
  if (task.labels.includes(text)) return text;
  const mapped = task.codes?.[text];
  return mapped !== undefined && task.labels.includes(mapped) ? mapped : undefined;
}

/** What a classifier answers: the label and the share of belief in each label (sums to 1). */
export type Output = { label: string; scores: Readonly<Record<string, number>> };

/** What a regression answers. */
export type ValueOutput = { value: number };

/** What a model that writes answers. */
export type TextOutput = { text: string };
