/** Intervals for a share, and the difference of two: how sure can one be of k successes in n trials? */
import { betaQuantile, normalQuantile, normalTail } from './distributions.ts';
import { checkCounts } from './invalid-input.ts';

export type Interval = Readonly<{ low: number; high: number }>;

/**
 * Wilson's score interval: short and near its nominal coverage; the one to show.
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilson(successes: number, trials: number, confidence = 0.95): Interval {
  checkCounts('wilson', successes, trials);
  const z = normalQuantile((1 + confidence) / 2);
  const share = successes / trials;
  const shrink = 1 + z ** 2 / trials;
  const centre = (share + z ** 2 / (2 * trials)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  return {
    low: successes === 0 ? 0 : centre - half,
    high: successes === trials ? 1 : centre + half,
  };
}

/**
 * The exact interval of Clopper and Pearson: never below its nominal coverage, therefore wide; for guarantees.
 *
 * Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934).
 */
export function clopperPearson(successes: number, trials: number, confidence = 0.95): Interval {
  checkCounts('clopperPearson', successes, trials);
  const tail = (1 - confidence) / 2;
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  };
}

/**
 * The equal-tailed interval of Jeffreys' prior: Clopper–Pearson's, less wide. From 0 and up to 1 only where nothing
 * else was seen.
 *
 * Source: L. D. Brown et al., "Interval estimation for a binomial proportion", Stat. Science 16 (2001).
 */
export function jeffreys(successes: number, trials: number, confidence = 0.95): Interval {
  checkCounts('jeffreys', successes, trials);
  const tail = (1 - confidence) / 2;
  const [a, b] = [successes + 0.5, trials - successes + 0.5];
  return { low: betaQuantile(tail, a, b), high: betaQuantile(1 - tail, a, b) };
}

/** Wilson's interval made simple: its centre, with the usual error around it, cut to 0 to 1. Source: as Jeffreys'. */
export function agrestiCoull(successes: number, trials: number, confidence = 0.95): Interval {
  checkCounts('agrestiCoull', successes, trials);
  const z = normalQuantile((1 + confidence) / 2);
  const all = trials + z ** 2;
  const centre = (successes + z ** 2 / 2) / all;
  const half = z * Math.sqrt((centre * (1 - centre)) / all);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Difference of two independent shares by the pooled z-test; z > 0 when the first is larger, p two-sided. */
export function twoProportionZ(
  first: { successes: number; trials: number },
  second: { successes: number; trials: number },
): { difference: number; z: number; p: number } {
  checkCounts('twoProportionZ', first.successes, first.trials);
  checkCounts('twoProportionZ', second.successes, second.trials);
  const difference = first.successes / first.trials - second.successes / second.trials;
  const pooled = (first.successes + second.successes) / (first.trials + second.trials);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / first.trials + 1 / second.trials));
  const z = error === 0 ? 0 : difference / error;
  return { difference, z, p: Math.min(1, 2 * normalTail(Math.abs(z))) };
}
