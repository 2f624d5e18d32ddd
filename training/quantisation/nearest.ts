/** For ascending levels: the boundaries in the middle between each two. */
export const middles = (levels: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: levels.length - 1 }, (_, i) => (levels[i]! + levels[i + 1]!) / 2);

/** The index of the level that is nearest to x, by the boundaries between them; of two equally near ones the lower. */
export function nearest(boundaries: Float64Array, x: number): number {
  let [low, high] = [0, boundaries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (x > boundaries[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}
