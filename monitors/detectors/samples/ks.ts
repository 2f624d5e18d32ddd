/**
 * Kolmogorov–Smirnov test of two samples: do two sets of numbers have the same distribution?
 *
 *     D = max over x of |F(x) − G(x)|
 *
 * the largest gap between the two shares of values up to x, and where it is. `auto` is exact for up to 10,000 values
 * each: the share of all orders of the values in which the gap is at least as wide. On large samples every difference
 * becomes significant, however small: judge by D first (0.1 is a gap of ten points), by p afterwards.
 *
 * Sources: N. Smirnov (1939); J. L. Hodges, Arkiv för Matematik 3 (1958). Agrees with scipy.stats.ks_2samp.
 */
import { InvalidInput } from '../../../statistics/invalid-input.ts';
import { gcd, kolmogorovTail, smirnovTail, smirnovTailLarge } from '../../../statistics/kolmogorov.ts';
import type { Side } from '../../../statistics/kolmogorov.ts';
import { logFactorials } from '../../../statistics/log-factorials.ts';
import { choice } from '../knobs.ts';
import { defineSampleTest } from './sample-test.ts';

export const ks = defineSampleTest({
  name: 'ks',
  also: ['kolmogorov-smirnov'],
  answers: 'Do two sets of numbers have the same distribution?',
  measures: 'D, the widest gap between the shares of values up to x, from 0 to 1',
  takes: ['numbers'],
  knobs: {
    alternative: choice(
      ['two-sided', 'less', 'greater'],
      'greater: the reference has more low values; less: it has fewer',
    ),
    method: choice(
      ['auto', 'exact', 'asymp'],
      'exact counts orders, which takes long for many thousand values',
    ),
  },
  source: 'J. L. Hodges, Arkiv för Matematik 3 (1958); as scipy.stats.ks_2samp',
  example: { reference: [1, 2, 3, 4], current: [3, 4, 5, 6], statistic: 0.5, pValue: 0.771429 },
  compare(reference, current, options) {
    const { statistic, pValue } = kolmogorovSmirnov(reference, current, options);
    return { statistic, pValue };
  },
});

type KsOptions = Readonly<{ alternative: Side; method: 'auto' | 'exact' | 'asymp' }>;

type KsAnswer = Readonly<{
  statistic: number;
  pValue: number;
  /** The value at which the gap is widest. */
  location: number;
  /** 1 where the reference has the larger share of values up to there, else −1. */
  sign: 1 | -1;
}>;

/** Up to here `auto` counts orders; beyond it the limit law is as good. */
const LARGEST_EXACT = 10_000;

export function kolmogorovSmirnov(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  { alternative, method }: KsOptions,
): KsAnswer {
  const [a, b] = [sorted(reference), sorted(current)];
  const gap = widestGaps(a, b);
  const isBelow = alternative === 'less' || (alternative === 'two-sided' && gap.below > gap.above);
  const d = isBelow ? gap.below : gap.above;
  return {
    statistic: d,
    pValue: tail(a.length, b.length, d, alternative, method),
    location: isBelow ? gap.belowAt : gap.aboveAt,
    sign: isBelow ? -1 : 1,
  };
}

function tail(n: number, m: number, d: number, side: Side, method: KsOptions['method']): number {
  const isExact = method === 'exact' || (method === 'auto' && canCount(n, m, side));
  if (isExact) {
    const steps = Math.round((d * n * m) / gcd(n, m));
    return side === 'less' ? smirnovTail(m, n, steps, false) : smirnovTail(n, m, steps, side === 'two-sided');
  }
  return side === 'two-sided' ? kolmogorovTail(Math.round((n * m) / (n + m)), d) : smirnovTailLarge(n, m, d);
}

/** One-sided, SciPy leaves the exact law where the number of orders is no finite number; so do we, to say the same. */
function canCount(n: number, m: number, side: Side): boolean {
  if (Math.max(n, m) > LARGEST_EXACT) return false;
  if (side === 'two-sided' || n === m) return true;
  const factorials = logFactorials(n + m);
  return factorials[n + m]! - factorials[n]! - factorials[m]! < Math.log(Number.MAX_VALUE);
}

type Gaps = Readonly<{ above: number; aboveAt: number; below: number; belowAt: number }>;

/** How far F rises above G and falls below it, and where first; F and G of sorted values. */
export function widestGaps(a: Float64Array, b: Float64Array): Gaps {
  let [above, aboveAt, below, belowAt] = [-Infinity, NaN, -Infinity, NaN];
  const visit = (xs: Float64Array) => {
    let [i, j] = [0, 0];
    for (const x of xs) {
      while (i < a.length && a[i]! <= x) i += 1;
      while (j < b.length && b[j]! <= x) j += 1;
      const gap = i / a.length - j / b.length;
      if (gap > above) [above, aboveAt] = [gap, x];
      if (-gap > below) [below, belowAt] = [-gap, x];
    }
  };
  visit(a);
  visit(b);
  return { above, aboveAt, below, belowAt };
}

function sorted(values: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(values).sort();
  if (copy.length > 0 && copy.every(Number.isFinite)) return copy;
  throw new InvalidInput(
    'ks',
    `${copy.length} values with gaps have no distribution`,
    'Leave out missing values, and give at least one.',
  );
}
