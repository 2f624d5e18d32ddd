import { z } from 'zod';

export const classificationSchema = z.strictObject({
  kind: z.literal('classification'),
  labels: z.array(z.string().min(1)).min(2),
  /** Codes in the data, mapped to labels: { "0": "DOWN", "1": "UP" }. */
  codes: z.record(z.string(), z.string()).optional(),
});
/** Any number of these labels for each row: none, one, or several. */
export const multiLabelSchema = z.strictObject({
  kind: z.literal('multi-label'),
  labels: z.array(z.string().min(1)).min(1),
  /** Codes in the data, mapped to labels. */
  codes: z.record(z.string(), z.string()).optional(),
  overlap: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .meta({ description: 'an answer is right that shares so much with the labels; left out: all of them' }),
});
const regressionSchema = z.strictObject({
  kind: z.literal('regression'),
  tolerance: z
    .number()
    .positive()
    .optional()
    .meta({ description: 'an answer is right that is no further off than this; the loop needs it' }),
});
/** What writes: a prompt is answered with a text. */
export const generationSchema = z.strictObject({
  kind: z.literal('generation'),
  alike: z.number().gt(0).max(1).optional().meta({
    description: 'an answer is right that is so much like the corrected one (chrF, 0-1); left out: 0.8',
  }),
});

/** What has one answer for each row: a label, or a number. */
export const taskSchema = z.discriminatedUnion('kind', [classificationSchema, regressionSchema]);
export type Task = z.infer<typeof taskSchema>;
/** What any model is asked. */
export const declaredTaskSchema = z.discriminatedUnion('kind', [
  ...taskSchema.options,
  multiLabelSchema,
  generationSchema,
]);
export type DeclaredTask = z.infer<typeof declaredTaskSchema>;
export type Classification = z.infer<typeof classificationSchema>;
export type MultiLabel = z.infer<typeof multiLabelSchema>;
export type Regression = z.infer<typeof regressionSchema>;
export type Generation = z.infer<typeof generationSchema>;

/** How far off a right answer may be, in the unit of the number; null where answers are no numbers, or none is declared. */
export const toleranceOf = (task: DeclaredTask): number | null =>
  task.kind === 'regression' ? (task.tolerance ?? null) : null;

type Labels<L extends string> = { labels: readonly L[]; codes?: Readonly<Record<string, NoInfer<L>>> };

/** One label out of a few. `codes` maps what stands in the data to labels. */
export const classification = <const L extends string>(options: Labels<L>) => ({
  kind: 'classification' as const,
  ...labelled(options),
});

/**
 * Any number of labels for each text: what it is about, whom it concerns. `codes` maps what stands in the data to
 * labels. An answer is right when it has all labels of its row and no other; with `overlap`, when what both have is at
 * least that share of what either has (Jaccard).
 */
export const multiLabel = <const L extends string>({
  overlap,
  ...options
}: Labels<L> & { overlap?: number }) => ({
  kind: 'multi-label' as const,
  ...labelled(options),
  ...(overlap === undefined ? {} : { overlap }),
});

const labelled = <L extends string>({ labels, codes }: Labels<L>) => ({
  labels: [...labels],
  ...(codes ? { codes: { ...codes } } : {}),
});

/** What stands between the labels of one row where a file has no lists, and so in no label. */
export const LABEL_SEPARATOR = '|';

/**
 * A number: a price, a duration, an amount. An answer is right when it is no further off than `tolerance`, in the unit
 * of the number: that is what the loop counts as an error, so it is needed there.
 */
export const regression = ({ tolerance }: { tolerance?: number } = {}): Regression => ({
  kind: 'regression',
  ...(tolerance === undefined ? {} : { tolerance }),
});

/**
 * A text: an answer to a prompt, written by a base that can write. An answer is right when it is at least `alike` to
 * the text that should have stood there (chrF, from 0 to 1; 0.8 where it is left out).
 */
export const generation = ({ alike }: { alike?: number } = {}): Generation => ({
  kind: 'generation',
  ...(alike === undefined ? {} : { alike }),
});

/** The labels of a task; none where answers are no labels. */
export const labelsOfTask = (task: DeclaredTask): readonly string[] => ('labels' in task ? task.labels : []);

/** The label that a raw value stands for, or undefined where the value is none of them. */
export function labelOf(task: Pick<Classification, 'labels' | 'codes'>, raw: unknown): string | undefined {
  if (typeof raw !== 'string' && typeof raw !== 'number' && typeof raw !== 'boolean') return undefined;
  const text = String(raw);
  if (task.labels.includes(text)) return text;
  const mapped = task.codes?.[text];
  return mapped !== undefined && task.labels.includes(mapped) ? mapped : undefined;
}

/** What a classifier answers: the label and the share of belief in each label (sums to 1). */
export type Output = { label: string; scores: Readonly<Record<string, number>> };

/** What is answered where a row may have any number of labels: those, and of every label how likely it is (0–1). */
export type LabelsOutput = { labels: readonly string[]; scores: Readonly<Record<string, number>> };

/** What a regression answers. */
export type ValueOutput = { value: number };

/** What a model that writes answers. */
export type TextOutput = { text: string };

/** What any model answers. */
export type AnyOutput = Output | LabelsOutput | ValueOutput | TextOutput;
