/**
 * How far have shares moved? Bins are cut by the reference, shares are compared by PSI or Jensen–Shannon.
 *
 * Conventions of PSI disagree wildly when bins are empty. Driftloop's: quantile edges of the reference, open outer
 * bins, bins (lo, hi], an empty share counts as 1e-4, nothing is renormalised.
 */
import { InvalidInput } from './invalid-input.ts';

const EMPTY_SHARE = 1e-4;

/** The distinct quantiles i/bins of the reference, linearly interpolated; the first and the last are its extremes. */
export function quantileEdges(reference: ArrayLike<number>, bins: number): number[] {
  const sorted = Float64Array.from(reference).sort();
  if (sorted.length === 0 || sorted.some(Number.isNaN)) {
    throw new InvalidInput(
      'quantileEdges',
      `${sorted.length} values with gaps have no quantiles`,
      'Leave out missing values, and give at least one.',
    );
  }
  const quantile = (share: number): number => {
    const at = share * (sorted.length - 1);
    const below = Math.floor(at);
    const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
    const weight = at - below;
    return weight < 0.5 ? low + (high - low) * weight : high - (high - low) * (1 - weight);
  };
  const edges = Array.from({ length: bins + 1 }, (_, i) => quantile(i / bins));
  return edges.filter((edge, i) => i === 0 || edge !== edges[i - 1]);
}

/** Share of the values in each bin (lo, hi]; the outer bins are open, so that nothing falls beside. */
export function binShares(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const inner = edges.slice(1, -1);
  const counts = Array.from({ length: inner.length + 1 }, () => 0);
  for (let i = 0; i < values.length; i += 1) {
    let [low, high] = [0, inner.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (inner[middle]! < values[i]!) low = middle + 1;
      else high = middle;
    }
    counts[low]! += 1;
  }
  return counts.map((count) => count / values.length);
}

/** Population stability index, Σ (c − r) ln(c / r). Rules of thumb: below .1 steady, above .25 moved. */
export function psi(reference: readonly number[], current: readonly number[]): number {
  checkSameBins('psi', reference, current);
  return reference.reduce((sum, share, i) => {
    const [r, c] = [share || EMPTY_SHARE, current[i]! || EMPTY_SHARE];
    return sum + (c - r) * Math.log(c / r);
  }, 0);
}

/**
 * Jensen–Shannon distance in base 2: 0 for equal shares, 1 for shares with nothing in common. Shares are normalised
 * first, so counts will do.
 */
export function jensenShannon(p: readonly number[], q: readonly number[]): number {
  const term = (a: number, m: number) => (a === 0 ? 0 : a * Math.log2(a / m));
  const divergence = sumOver('jensenShannon', p, q, (a, b) => {
    const m = (a + b) / 2;
    return (term(a, m) + term(b, m)) / 2;
  });
  return Math.sqrt(Math.max(0, divergence));
}

/** Kullback–Leibler divergence Σ p ln(p / q), in nats: infinite where p has something and q has nothing. */
export const kullbackLeibler = (p: readonly number[], q: readonly number[]): number =>
  sumOver('kullbackLeibler', p, q, (a, b) => (a === 0 ? 0 : a * Math.log(a / b)));

/** The same with empty shares counted as in PSI, so that it stays finite. */
export const kullbackLeiblerFilled = (p: readonly number[], q: readonly number[]): number =>
  sumOver(
    'kullbackLeibler',
    p,
    q,
    (a, b) => (a || EMPTY_SHARE) * Math.log((a || EMPTY_SHARE) / (b || EMPTY_SHARE)),
  );

/** Bhattacharyya coefficient Σ √(p·q): 1 for equal shares, 0 for shares with nothing in common. */
export const bhattacharyya = (p: readonly number[], q: readonly number[]): number =>
  sumOver('bhattacharyya', p, q, (a, b) => Math.sqrt(a * b));

/** Hellinger distance √(1 − Σ √(p·q)), from 0 to 1. */
export const hellinger = (p: readonly number[], q: readonly number[]): number =>
  Math.sqrt(sumOver('hellinger', p, q, (a, b) => (Math.sqrt(a) - Math.sqrt(b)) ** 2) / 2);

/** Total variation ½ Σ |p − q|, from 0 to 1: the share of rows that would have to change their bin. */
export const totalVariation = (p: readonly number[], q: readonly number[]): number =>
  sumOver('totalVariation', p, q, (a, b) => Math.abs(a - b)) / 2;

/** L∞: the largest |p − q| of any bin. */
export function largestShift(p: readonly number[], q: readonly number[]): number {
  let largest = 0;
  sumOver('largestShift', p, q, (a, b) => (largest = Math.max(largest, Math.abs(a - b))));
  return largest;
}

/** Σ of a term over the bins of two normalised histograms. */
function sumOver(
  statistic: string,
  p: readonly number[],
  q: readonly number[],
  term: (p: number, q: number) => number,
): number {
  checkSameBins(statistic, p, q);
  const total = (shares: readonly number[]) => shares.reduce((sum, share) => sum + share, 0);
  const [all, others] = [total(p), total(q)];
  return p.reduce((sum, share, i) => sum + term(share / all, q[i]! / others), 0);
}

function checkSameBins(statistic: string, a: readonly number[], b: readonly number[]): void {
  if (a.length === b.length && a.length > 0) return;
  throw new InvalidInput(
    statistic,
    `${a.length} and ${b.length} bins cannot be compared`,
    'Bin both by the same edges.',
  );
}
