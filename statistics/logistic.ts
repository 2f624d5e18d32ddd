/**
 * Logistic regression with an L2 penalty on the weights, not on the intercept: the least of ½‖w‖²/C + Σ log-loss, by
 * Newton's method. For a handful of features and some thousand rows; agrees with scikit-learn's LogisticRegression.
 */
import { InvalidInput } from './invalid-input.ts';

export type Logistic = Readonly<{ weights: Float64Array; intercept: number }>;

const MOST_STEPS = 100;
/** A step that moves no weight by more is the last one. */
const STILL = 1e-10;

export function fitLogistic(
  rows: readonly ArrayLike<number>[],
  arePositive: ArrayLike<number>,
  c = 1,
): Logistic {
  const width = rows[0]?.length ?? 0;
  if (rows.length !== arePositive.length || rows.length === 0)
    throw new InvalidInput(
      'fitLogistic',
      `${rows.length} rows and ${arePositive.length} answers do not pair`,
      'Give one answer a row, and at least one row.',
    );
  // The last one is the intercept.
  const beta = new Float64Array(width + 1);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { gradient, hessian } = derivatives(rows, arePositive, beta, c);
    const move = solve(hessian, gradient);
    let farthest = 0;
    for (let k = 0; k <= width; k += 1) {
      beta[k]! -= move[k]!;
      farthest = Math.max(farthest, Math.abs(move[k]!));
    }
    if (farthest < STILL) break;
  }
  return { weights: beta.slice(0, width), intercept: beta[width]! };
}

/** The probability that a row is positive. */
export function scoreLogistic({ weights, intercept }: Logistic, row: ArrayLike<number>): number {
  let sum = intercept;
  for (let k = 0; k < weights.length; k += 1) sum += weights[k]! * row[k]!;
  return 1 / (1 + Math.exp(-sum));
}

function derivatives(
  rows: readonly ArrayLike<number>[],
  arePositive: ArrayLike<number>,
  beta: Float64Array,
  c: number,
): { gradient: Float64Array; hessian: Float64Array[] } {
  const width = beta.length - 1;
  const gradient = new Float64Array(width + 1);
  const hessian = Array.from({ length: width + 1 }, () => new Float64Array(width + 1));
  const model = { weights: beta.subarray(0, width), intercept: beta[width]! };
  for (const [i, row] of rows.entries()) {
    const p = scoreLogistic(model, row);
    const weight = p * (1 - p);
    const at = (k: number) => (k === width ? 1 : row[k]!);
    for (let k = 0; k <= width; k += 1) {
      gradient[k]! += (p - arePositive[i]!) * at(k);
      for (let l = 0; l <= k; l += 1) hessian[k]![l]! += weight * at(k) * at(l);
    }
  }
  for (let k = 0; k <= width; k += 1) {
    if (k < width) {
      gradient[k]! += beta[k]! / c;
      hessian[k]![k]! += 1 / c;
    }
    for (let l = 0; l < k; l += 1) hessian[l]![k] = hessian[k]![l]!;
  }
  return { gradient, hessian };
}

/** x of a·x = b for a symmetric positive a, by Cholesky. */
function solve(a: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = b.length;
  const lower = a.map(() => new Float64Array(n));
  for (let r = 0; r < n; r += 1)
    for (let c = 0; c <= r; c += 1) {
      let sum = a[r]![c]!;
      for (let k = 0; k < c; k += 1) sum -= lower[r]![k]! * lower[c]![k]!;
      lower[r]![c] = r === c ? Math.sqrt(Math.max(sum, Number.EPSILON)) : sum / lower[c]![c]!;
    }
  const x = b.slice();
  for (let r = 0; r < n; r += 1) {
    for (let k = 0; k < r; k += 1) x[r]! -= lower[r]![k]! * x[k]!;
    x[r]! /= lower[r]![r]!;
  }
  for (let r = n - 1; r >= 0; r -= 1) {
    for (let k = r + 1; k < n; k += 1) x[r]! -= lower[k]![r]! * x[k]!;
    x[r]! /= lower[r]![r]!;
  }
  return x;
}
