import { InvalidInput } from '../../../statistics/invalid-input.ts';

/**
 * What a classifier answered to rows whose truth may not be known. Of two classes `scores` may hold the score of the
 * second alone, one number a row; else the score of each class.
 */
export type Answers = Readonly<{
  scores: readonly (readonly number[])[];
  /** Index of the class that was answered. */
  predicted: readonly number[];
}>;

/** The same of rows whose truth is known. */
export type LabelledAnswers = Answers & Readonly<{ truth: readonly number[] }>;

/** One class against the rest. */
export type Column = Readonly<{ scores: Float64Array; said: Uint8Array }>;
export type LabelledColumn = Column & Readonly<{ is: Uint8Array }>;

/** Each class against the rest; of scores of the second class alone, that one. */
export function columnsOf(estimator: string, answers: LabelledAnswers): LabelledColumn[];
export function columnsOf(estimator: string, answers: Answers): Column[];
export function columnsOf(estimator: string, answers: Answers & { truth?: readonly number[] }): Column[] {
  const { scores, predicted, truth } = answers;
  const width = scores[0]?.length ?? 0;
  const isSound =
    width > 0 &&
    predicted.length === scores.length &&
    (truth === undefined || truth.length === scores.length) &&
    scores.every((row) => row.length === width && row.every((score) => score >= 0 && score <= 1));
  if (!isSound)
    throw new InvalidInput(
      estimator,
      `${scores.length} rows of scores and ${predicted.length} answers do not belong together`,
      'Give for each row one answer, and scores from 0 to 1, none missing, as many as in the first row.',
    );
  return Array.from({ length: width }, (_, k) => {
    const of = width === 1 ? 1 : k;
    const bits = (classes: readonly number[]) => Uint8Array.from(classes, (index) => (index === of ? 1 : 0));
    return {
      scores: Float64Array.from(scores, (row) => row[k]!),
      said: bits(predicted),
      ...(truth && { is: bits(truth) }),
    };
  });
}

/** So many rows at a time, the last ones fewer. */
export function chunked<A extends Answers>(answers: A, size: number): A[] {
  const rows = answers.scores.length;
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => {
    const part = <T>(of: readonly T[]) => of.slice(i * size, (i + 1) * size);
    return Object.fromEntries(
      Object.entries(answers).map(([name, values]) => [name, part(values as readonly unknown[])]),
    ) as unknown as A;
  });
}
