const levels = '▁▂▃▄▅▆▇█';

/** Accuracies as a line of blocks; a gap is a dot. The floor is 0.4, below which one block is as bad as another. */
export function sparkline(values: readonly (number | null)[], { floor = 0.4, ceiling = 1 } = {}): string {
  return values
    .map((value) => {
      if (value === null) return '·';
      const share = (value - floor) / (ceiling - floor);
      return levels[Math.min(levels.length - 1, Math.max(0, Math.floor(share * levels.length)))];
    })
    .join('');
}

/** Accuracy of rows in `buckets` equal stretches of `total` rows; null where no row of a stretch is known yet. */
export function accuracyBuckets(
  rows: Iterable<{ at: number; isCorrect: boolean }>,
  { total, buckets }: { total: number; buckets: number },
): (number | null)[] {
  const right = Array.from({ length: buckets }, () => 0);
  const seen = Array.from({ length: buckets }, () => 0);
  for (const { at, isCorrect } of rows) {
    const bucket = Math.floor((at / total) * buckets);
    if (bucket < 0 || bucket >= buckets) continue;
    seen[bucket]! += 1;
    if (isCorrect) right[bucket]! += 1;
  }
  return seen.map((n, i) => (n === 0 ? null : right[i]! / n));
}
