/**
 * Onset: since when does the champion err more often?
 *
 * The best split of its errors since it took over, as two Bernoulli rates, the later one higher. With k errors in n
 * rows, ℓ(k, n) = k ln(k/n) + (n − k) ln(1 − k/n), the gain of a split at i is
 *
 *     ℓ(before i) + ℓ(from i on) − ℓ(all)      in nats
 *
 * A gain of `clearOnsetGain` (3 nats) or more counts as clear. Estimate it anew at every attempt: in a gradual drift
 * the first estimate is too early.
 *
 * Source: D. V. Hinkley, "Inference about the change-point in a sequence of binomial variables", Biometrika 57 (1970).
 */
import { defaultPolicy, type RegretPolicy } from '../domain/policy/regret-policy.ts';

export type Onset = Readonly<{
  /** First row of the worse regime, counted from the first row given. */
  index: number;
  /** Log-likelihood gain over a single rate, in nats. */
  gain: number;
  /** Error rates before and from the index on. */
  before: number;
  after: number;
}>;

const logLikelihood = (k: number, n: number): number =>
  k === 0 || k === n ? 0 : k * Math.log(k / n) + (n - k) * Math.log1p(-k / n);

/** The best split at which the error rate rises; `null` when there is none (constant, falling or under two rows). */
export function estimateOnset(errors: ArrayLike<boolean | number>): Onset | null {
  const n = errors.length;
  let total = 0;
  for (let i = 0; i < n; i += 1) total += errors[i] ? 1 : 0;
  const whole = logLikelihood(total, n);
  let best: Onset | null = null;
  let before = 0;
  for (let i = 1; i < n; i += 1) {
    before += errors[i - 1] ? 1 : 0;
    const after = total - before;
    // The likelihood has its best rising split just before an error; the others need no logarithm.
    if (!errors[i] || after * i <= before * (n - i)) continue;
    const gain = logLikelihood(before, i) + logLikelihood(after, n - i) - whole;
    if (best === null || gain > best.gain) {
      best = { index: i, gain, before: before / i, after: after / (n - i) };
    }
  }
  return best;
}

export const isClear = (
  onset: Pick<Onset, 'gain'> | null,
  { clearOnsetGain }: Pick<RegretPolicy, 'clearOnsetGain'> = defaultPolicy,
): boolean => onset !== null && onset.gain >= clearOnsetGain;
