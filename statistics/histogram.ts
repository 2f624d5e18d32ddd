/** Equal bins of a reference, as NumPy cuts and counts them. */
import { InvalidInput } from './invalid-input.ts';
import { momentsOf } from './welch.ts';

/**
 * Edges of equal bins, their number by Doane's rule, which allows for skew: 1 + log₂ n + log₂(1 + |g| / σ_g).
 *
 * Source: D. P. Doane, "Aesthetic frequency classifications", Amer. Statist. 30 (1976).
 */
export function doaneEdges(reference: ArrayLike<number>): number[] {
  const n = reference.length;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < n; i += 1) {
    low = Math.min(low, reference[i]!);
    high = Math.max(high, reference[i]!);
  }
  if (!(Number.isFinite(low) && Number.isFinite(high)))
    throw new InvalidInput('doaneEdges', `${n} values with gaps have no bins`, 'Leave out missing values.');
  if (low === high) return [low - 0.5, high + 0.5];
  const bins = n > 2 ? Math.ceil(doaneBins(reference)) : 1;
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + i * ((high - low) / bins)));
}

function doaneBins(values: ArrayLike<number>): number {
  const { n, mean, variance } = momentsOf(values);
  const deviation = Math.sqrt((variance * (n - 1)) / n);
  let skew = 0;
  for (let i = 0; i < n; i += 1) skew += ((values[i]! - mean) / deviation) ** 3 / n;
  const error = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  return 1 + Math.log2(n) + Math.log2(1 + Math.abs(skew) / error);
}

/** Shares of values in bins [lo, hi), the last one [lo, hi]; and at the end the share that lies in none. */
export function histogramShares(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const bins = edges.length - 1;
  const counts = Array.from<number>({ length: bins + 1 }).fill(0);
  for (let i = 0; i < values.length; i += 1) {
    const x = values[i]!;
    if (!(x >= edges[0]! && x <= edges[bins]!)) {
      counts[bins]! += 1;
      continue;
    }
    let [low, high] = [0, bins];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (edges[middle]! <= x) low = middle;
      else high = middle;
    }
    counts[low]! += 1;
  }
  return counts.map((count) => count / values.length);
}
