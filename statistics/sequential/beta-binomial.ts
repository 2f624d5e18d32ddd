/**
 * Beta–binomial e-process: is a share another than p₀, at any look? The likelihood ratio of the counts against p₀, mixed
 * over all shares by a Beta(a, b) prior:
 *
 *     E = B(a + s, b + n − s) / B(a, b) / ( p₀^s · (1 − p₀)^(n − s) )
 *
 * E ≥ 1/α at any time is evidence at level α, however often one looks.
 *
 * Source: H. Robbins, "Statistical methods related to the law of the iterated logarithm", Ann. Math. Stat. 41 (1970).
 */
import { logBeta } from '../distributions.ts';
import { checkCounts } from '../invalid-input.ts';

export type BetaBinomialOptions = Readonly<{ p0: number; a?: number; b?: number }>;

/** ln E of so many successes among so many trials. */
export function betaBinomialLogE(
  successes: number,
  trials: number,
  { p0, a = 1, b = 1 }: BetaBinomialOptions,
): number {
  checkCounts('betaBinomialLogE', successes, trials);
  const failures = trials - successes;
  return (
    logBeta(a + successes, b + failures) -
    logBeta(a, b) -
    successes * Math.log(p0) -
    failures * Math.log1p(-p0)
  );
}
