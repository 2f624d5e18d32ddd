import { studentTail } from './distributions.ts';
import { InvalidInput } from './invalid-input.ts';

export type Moments = Readonly<{ n: number; mean: number; variance: number }>;

/** Number, mean and sample variance; counted from the first value, so that values far from nothing lose no digits. */
export function momentsOf(values: ArrayLike<number>): Moments {
  const n = values.length;
  const first = values[0] ?? 0;
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += values[i]! - first;
  const shift = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i += 1) squares += (values[i]! - first - shift) ** 2;
  return { n, mean: first + shift, variance: squares / (n - 1) };
}

/**
 * Welch's t-test of two means with variances of their own, two-sided; t > 0 where the first is larger.
 *
 * Source: B. L. Welch, Biometrika 34 (1947). Agrees with SciPy.
 */
export function welch(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): { statistic: number; pValue: number; degrees: number } {
  const [a, b] = [momentsOf(first), momentsOf(second)];
  const [ofA, ofB] = [a.variance / a.n, b.variance / b.n];
  const isSound = a.n > 1 && b.n > 1 && Number.isFinite(ofA + ofB) && ofA + ofB > 0;
  if (!isSound)
    throw new InvalidInput(
      'welch',
      `samples of ${a.n} and ${b.n} values, all alike or some missing, have no t`,
      'Leave out missing values, and give at least two of each that differ.',
    );
  const statistic = (a.mean - b.mean) / Math.sqrt(ofA + ofB);
  const degrees = (ofA + ofB) ** 2 / (ofA ** 2 / (a.n - 1) + ofB ** 2 / (b.n - 1));
  return { statistic, pValue: 2 * studentTail(Math.abs(statistic), degrees), degrees };
}
