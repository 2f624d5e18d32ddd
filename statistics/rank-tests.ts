/** Tests of two samples by the ranks of their values. Agree with SciPy. */
import { iv } from 'cephes';
import { logGamma, normalTail } from './distributions.ts';
import { InvalidInput } from './invalid-input.ts';
import { midranks } from './ranking.ts';

export type RankTest = Readonly<{ statistic: number; pValue: number }>;

/**
 * Mann–Whitney U of the first sample: the pairs in which its value is the larger, ties counting half. p by the normal
 * approximation, corrected for ties and continuity.
 *
 * Source: H. B. Mann and D. R. Whitney, Ann. Math. Stat. 18 (1947).
 */
export function mannWhitney(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  alternative: 'two-sided' | 'less' | 'greater' = 'two-sided',
): RankTest {
  const { ranks, ties, n, m } = pool('mannWhitney', first, second, 1);
  const u = sum(ranks.subarray(0, n)) - (n * (n + 1)) / 2;
  const larger = alternative === 'greater' ? u : alternative === 'less' ? n * m - u : Math.max(u, n * m - u);
  const all = n + m;
  const tied = ties.reduce((total, t) => total + (t ** 3 - t), 0);
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - tied / (all * (all - 1))));
  const z = (larger - (n * m) / 2 - 0.5) / deviation;
  const tail = deviation === 0 ? 1 : normalTail(z);
  return { statistic: u, pValue: Math.min(1, alternative === 'two-sided' ? 2 * tail : tail) };
}

/**
 * Cramér–von Mises T: the squared gap between the two distributions, over all values. Quicker than Kolmogorov–Smirnov
 * to see many small gaps. p by the limit law.
 *
 * Sources: T. W. Anderson, Ann. Math. Stat. 33 (1962); S. Csörgő and J. Faraway, JRSS B 58 (1996).
 */
export function cramerVonMises(first: ArrayLike<number>, second: ArrayLike<number>): RankTest {
  const { ranks, n, m } = pool('cramerVonMises', first, second, 2);
  const [k, all] = [n * m, n + m];
  const away = (part: Float64Array) =>
    sum(
      part
        .slice()
        .sort()
        .map((rank, i) => (rank - (i + 1)) ** 2),
    );
  const u = n * away(ranks.subarray(0, n)) + m * away(ranks.subarray(n));
  const statistic = u / (k * all) - (4 * k - 1) / (6 * all);
  const mean = (1 + 1 / all) / 6;
  const variance = ((all + 1) * (4 * k * all - 3 * (n ** 2 + m ** 2) - 2 * k)) / (45 * all ** 2 * 4 * k);
  const scaled = 1 / 6 + (statistic - mean) / Math.sqrt(45 * variance);
  return { statistic, pValue: cramerVonMisesTail(scaled) };
}

/** Below this nothing of the limit law is left out. */
const NONE_BELOW = 0.003;
/** The largest argument of exp that a double holds. */
const LARGEST_EXPONENT = 700;

/** P(W² > x) of the limit law, as a series of Bessel functions K of order ¼. */
function cramerVonMisesTail(x: number): number {
  if (x < NONE_BELOW) return 1;
  let total = 0;
  for (let k = 0; k < 100; k += 1) {
    const y = 4 * k + 1;
    const q = y ** 2 / (16 * x);
    if (q > LARGEST_EXPONENT) break;
    const bessel = ((iv(-0.25, q) - iv(0.25, q)) * Math.PI) / (2 * Math.sin(Math.PI / 4));
    const term =
      (Math.exp(logGamma(k + 0.5) - logGamma(k + 1) - q) / (Math.PI ** 1.5 * Math.sqrt(x))) *
      Math.sqrt(y) *
      bessel;
    total += term;
    if (Math.abs(term) < 1e-12) break;
  }
  return Math.min(1, Math.max(0, 1 - total));
}

const CRITICAL = [0.325, 1.226, 1.961, 2.718, 3.752, 4.592, 6.546] as const;
const LEVELS = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001] as const;

/**
 * Anderson–Darling A² of two samples, standardised: as Cramér–von Mises, with more weight on both tails. p comes from
 * the seven published quantiles, so it is never below .001 nor above .25.
 *
 * Source: F. W. Scholz and M. A. Stephens, "K-sample Anderson–Darling tests", JASA 82 (1987), with midranks.
 */
export function andersonDarling(first: ArrayLike<number>, second: ArrayLike<number>): RankTest {
  const { n, m, values } = pool('andersonDarling', first, second, 1);
  const all = n + m;
  const sorted = values.slice().sort();
  const parts = [values.slice(0, n).sort(), values.slice(n).sort()];
  if (sorted[0] === sorted.at(-1))
    throw new InvalidInput('andersonDarling', 'all values are alike', 'Give values that differ.');
  let statistic = 0;
  const reached = [0, 0];
  for (let from = 0; from < all;) {
    let to = from + 1;
    while (to < all && sorted[to] === sorted[from]) to += 1;
    const equal = to - from;
    const middle = from + equal / 2;
    for (const [k, part] of parts.entries()) {
      const before = reached[k]!;
      let upTo = before;
      while (upTo < part.length && part[upTo] === sorted[from]) upTo += 1;
      const gap = all * ((before + upTo) / 2) - middle * part.length;
      statistic += ((equal / all) * gap ** 2) / (middle * (all - middle) - (all * equal) / 4) / part.length;
      reached[k] = upTo;
    }
    from = to;
  }
  statistic *= (all - 1) / all;
  const standardised = (statistic - 1) / andersonDeviation(n, m);
  return { statistic: standardised, pValue: andersonTail(standardised) };
}

function andersonDeviation(n: number, m: number): number {
  const all = n + m;
  const harmonic = 1 / n + 1 / m;
  let [h, g] = [0, 0];
  for (let i = all - 1; i > 1; i -= 1) {
    h += 1 / i;
    g += h / (all - i + 1);
  }
  h += 1;
  const a = 4 * g - 6 + (10 - 6 * g) * harmonic;
  const b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * harmonic - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * harmonic + 4 * h;
  const d = (2 * h + 6) * 4 - 8 * h;
  return Math.sqrt((a * all ** 3 + b * all ** 2 + c * all + d) / ((all - 1) * (all - 2) * (all - 3)));
}

/** A parabola through ln p by least squares over the published quantiles, capped at both ends, as SciPy does. */
function andersonTail(statistic: number): number {
  if (statistic < CRITICAL[0]) return LEVELS[0];
  if (statistic > CRITICAL.at(-1)!) return LEVELS.at(-1)!;
  const powers = Array.from({ length: 5 }, (_, k) => CRITICAL.reduce((total, x) => total + x ** k, 0));
  const sides = Array.from({ length: 3 }, (_, k) =>
    CRITICAL.reduce((total, x, i) => total + x ** k * Math.log(LEVELS[i]!), 0),
  );
  const rows = [0, 1, 2].map((r) => [powers[r]!, powers[r + 1]!, powers[r + 2]!, sides[r]!]);
  for (let pivot = 0; pivot < 3; pivot += 1)
    for (let r = 0; r < 3; r += 1) {
      if (r === pivot) continue;
      const factor = rows[r]![pivot]! / rows[pivot]![pivot]!;
      for (let c = pivot; c < 4; c += 1) rows[r]![c]! -= factor * rows[pivot]![c]!;
    }
  const [constant, linear, square] = rows.map((row, k) => row[3]! / row[k]!) as [number, number, number];
  return Math.exp(constant + linear * statistic + square * statistic ** 2);
}

function pool(statistic: string, first: ArrayLike<number>, second: ArrayLike<number>, least: number) {
  const [n, m] = [first.length, second.length];
  const values = new Float64Array(n + m);
  values.set(first);
  values.set(second, n);
  if (n < least || m < least || !values.every(Number.isFinite))
    throw new InvalidInput(
      statistic,
      `samples of ${n} and ${m} values, some of them perhaps missing, cannot be ranked`,
      `Leave out missing values, and give at least ${least} of each.`,
    );
  return { ...midranks(values), values, n, m };
}

const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i += 1) total += values[i]!;
  return total;
};
