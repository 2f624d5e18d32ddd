/**
 * Beta–binomial e-process: is a share another than p₀, at any look? The likelihood ratio of the counts against p₀, mixed
 * over all shares by a Beta(a, b) prior:
 *
 *     E = B(a + s, b + n − s) / B(a, b) / ( p₀^s · (1 − p₀)^(n − s) )
 *
 * E ≥ 1/α at any time is evidence at level α, however often one looks.
 *
 * Where one draw is counted up to k times (`repeats`), every likelihood ratio is raised to 1/k: a draw that is counted
 * m ≤ k times comes to the power m/k ≤ 1, and a concave power of what is 1 on average is no more than 1 on average.
 *
 * Source: H. Robbins, "Statistical methods related to the law of the iterated logarithm", Ann. Math. Stat. 41 (1970).
 */
import { logBeta } from '../distributions.ts';
import { checkCounts } from '../invalid-input.ts';

export type BetaBinomialOptions = Readonly<{ p0: number; a?: number; b?: number; repeats?: number }>;

/** ln E of so many successes among so many trials. */
export function betaBinomialLogE(
  successes: number,
  trials: number,
  { p0, a = 1, b = 1, repeats = 1 }: BetaBinomialOptions,
): number {
  checkCounts('betaBinomialLogE', successes, trials);
  const hits = successes / repeats;
  const misses = (trials - successes) / repeats;
  return logBeta(a + hits, b + misses) - logBeta(a, b) - hits * Math.log(p0) - misses * Math.log1p(-p0);
}
