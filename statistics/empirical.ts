/**
 * Distances between two sets of values, from the gap between F and G, the shares of values up to x.
 *
 * Values may weigh unequally; weights are normalised. Agrees with SciPy's wasserstein_distance and energy_distance.
 */
import { checkPairs, InvalidInput } from './invalid-input.ts';

export type Weighted = Readonly<{ values: ArrayLike<number>; weights?: ArrayLike<number> }>;

/** Wasserstein (earth mover's) distance ∫ |F − G|: how far the values have to be carried, on average, in their units. */
export const wasserstein = (first: Weighted, second: Weighted): number =>
  integrate('wasserstein', first, second, Math.abs);

/** Energy distance √(2 ∫ (F − G)²), in the square root of the values' units. */
export const energyDistance = (first: Weighted, second: Weighted): number =>
  Math.sqrt(2 * integrate('energyDistance', first, second, (gap) => gap * gap));

function integrate(
  statistic: string,
  first: Weighted,
  second: Weighted,
  of: (gap: number) => number,
): number {
  const [f, g] = [ordered(statistic, first), ordered(statistic, second)];
  let [i, j, x, sum] = [0, 0, Math.min(f.values[0]!, g.values[0]!), 0];
  while (i < f.values.length || j < g.values.length) {
    const next = Math.min(f.values[i] ?? Infinity, g.values[j] ?? Infinity);
    const [upToF, upToG] = [i === 0 ? 0 : f.shares[i - 1]!, j === 0 ? 0 : g.shares[j - 1]!];
    sum += of(upToF - upToG) * (next - x);
    x = next;
    while (i < f.values.length && f.values[i]! <= x) i += 1;
    while (j < g.values.length && g.values[j]! <= x) j += 1;
  }
  return sum;
}

/** Sorted values, and the share of the weight up to each. */
function ordered(
  statistic: string,
  { values, weights }: Weighted,
): { values: Float64Array; shares: Float64Array } {
  if (weights !== undefined) checkPairs(statistic, values, weights);
  const order = Int32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a]! - values[b]!,
  );
  let total = 0;
  const shares = Float64Array.from(order, (i) => (total += weights === undefined ? 1 : weights[i]!));
  const isSound =
    total > 0 &&
    Array.from(values).every(Number.isFinite) &&
    order.every((i) => !weights || weights[i]! >= 0);
  if (!isSound)
    throw new InvalidInput(
      statistic,
      `${values.length} values do not make a distribution`,
      'Leave out missing values, give at least one, and weights from 0 that are not all 0.',
    );
  return {
    values: Float64Array.from(order, (i) => values[i]!),
    shares: shares.map((share) => share / total),
  };
}
