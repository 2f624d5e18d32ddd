/**
 * Isotonic regression: the rising curve that is nearest to the points in squares, by pooling neighbours that are out of
 * order. What calibrates scores without assuming a shape; wants some hundred rows, and is a straight line between the
 * points of its curve and flat beyond them.
 *
 * Source: R. E. Barlow et al., "Statistical inference under order restrictions" (1972). Agrees with scikit-learn.
 */
import { checkPairs, InvalidInput } from './invalid-input.ts';

/** Points of the curve, x rising; plain, so that JSON keeps it. */
export type Isotonic = Readonly<{ x: readonly number[]; y: readonly number[] }>;

/** @param weights how much each point counts, above 0; as much as any other where left out */
export function fitIsotonic(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Isotonic {
  checkPairs('fitIsotonic', xs, ys);
  if (weights !== undefined) checkPairs('fitIsotonic', xs, weights);
  const order = Int32Array.from({ length: xs.length }, (_, i) => i).sort((a, b) => xs[a]! - xs[b]!);
  /** Blocks of neighbours with one value: from x to x, their mean, and what they weigh. */
  const blocks: { low: number; high: number; mean: number; weight: number }[] = [];
  for (let from = 0; from < order.length;) {
    const x = xs[order[from]!]!;
    let [to, sum, total] = [from, 0, 0];
    for (; to < order.length && xs[order[to]!] === x; to += 1) {
      const weight = weights?.[order[to]!] ?? 1;
      total += weight;
      sum += weight * ys[order[to]!]!;
    }
    if (!Number.isFinite(x) || !Number.isFinite(sum))
      throw new InvalidInput('fitIsotonic', `(${x}, ${sum}) is no point`, 'Leave out missing values.');
    let block = { low: x, high: x, mean: sum / total, weight: total };
    for (let last = blocks.at(-1); last !== undefined && last.mean >= block.mean; last = blocks.at(-1)) {
      const weight = last.weight + block.weight;
      const mean = (last.mean * last.weight + block.mean * block.weight) / weight;
      block = { low: last.low, high: block.high, mean, weight };
      blocks.pop();
    }
    blocks.push(block);
    from = to;
  }
  const points = blocks.flatMap(({ low, high, mean }) =>
    low === high
      ? [[low, mean]]
      : [
          [low, mean],
          [high, mean],
        ],
  );
  return { x: points.map(([x]) => x!), y: points.map(([, y]) => y!) };
}

/** The height of the curve at x. */
export function isotonicAt({ x: xs, y: ys }: Isotonic, x: number): number {
  if (!(x > xs[0]!)) return ys[0]!;
  if (x >= xs.at(-1)!) return ys.at(-1)!;
  let [low, high] = [0, xs.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle]! <= x) low = middle;
    else high = middle;
  }
  const [x0, x1, y0, y1] = [xs[low]!, xs[high]!, ys[low]!, ys[high]!];
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}
