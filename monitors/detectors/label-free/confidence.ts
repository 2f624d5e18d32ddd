import { InvalidInput } from '../../../statistics/invalid-input.ts';
import { momentsOf } from '../../../statistics/welch.ts';

/** Probabilities of each class, of rows whose truth is known or not. */
export type Probabilities = readonly (readonly number[])[];

/** A share that is estimated, and where chance puts it in 95 of a hundred cases, if the estimator may be trusted. */
export type Estimated = Readonly<{ estimate: number; low: number; high: number }>;

/** How sure a row's probabilities are of one class; larger is surer. */
export type Confidence = 'max' | 'negative-entropy';

/** So that nothing times the logarithm of nothing is nothing, as the authors of ATC have it. */
const NOTHING = 1e-20;

export const confidenceOf: Readonly<Record<Confidence, (row: readonly number[]) => number>> = {
  max: (row) => Math.max(...row),
  'negative-entropy': (row) => row.reduce((sum, p) => sum + p * Math.log(p + NOTHING), 0),
};

/** Confidence of each row, and whether its likeliest class is the true one. */
export function sourceOf(
  estimator: string,
  { probabilities, truth }: { probabilities: Probabilities; truth: readonly number[] },
  confidence: Confidence = 'max',
): { confidences: number[]; right: number[] } {
  checkRows(estimator, probabilities);
  if (truth.length !== probabilities.length)
    throw new InvalidInput(
      estimator,
      `${probabilities.length} rows and ${truth.length} labels do not pair`,
      'Give one label a row.',
    );
  return {
    confidences: probabilities.map(confidenceOf[confidence]),
    right: probabilities.map((row, i) => (row.indexOf(Math.max(...row)) === truth[i] ? 1 : 0)),
  };
}

export function checkRows(estimator: string, rows: Probabilities): void {
  const width = rows[0]?.length ?? 0;
  const isSound =
    width > 1 && rows.every((row) => row.length === width && row.every((p) => p >= 0 && p <= 1));
  if (!isSound)
    throw new InvalidInput(
      estimator,
      `${rows.length} rows do not all have probabilities of the same two classes or more`,
      'Give for each row a probability from 0 to 1 of every class, none missing.',
    );
}

const Z95 = 1.959963984540054;

/** A band of 95 of a hundred around an estimate whose variance is the sum of these. */
export function banded(estimate: number, ...variances: readonly number[]): Estimated {
  const half = Z95 * Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0));
  return { estimate, low: Math.max(0, estimate - half), high: Math.min(1, estimate + half) };
}

/** Variance of the mean of values. */
export function varianceOfMean(values: readonly number[]): number {
  const { n, variance } = momentsOf(values);
  return n > 1 ? variance / n : 0.25;
}

export const meanOf = (values: readonly number[]): number => momentsOf(values).mean;
