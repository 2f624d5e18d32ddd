import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * SEA concepts: three numbers, of which two count. A row is positive when x1 + x2 is above a threshold, and the
 * threshold changes abruptly; a fifth of the labels is turned over.
 *
 * Source: W. N. Street and Y. Kim, "A streaming ensemble algorithm (SEA) for large-scale classification" (2001).
 */
const thresholds = [8, 9, 7, 9.5] as const;
const rowsAConcept = 4_000;
const noise = 0.2;

export const driftAtRows = [4_000, 8_000, 12_000];

/** Rows without end; after the last threshold the concepts come round again. */
export function* simulate({ seed }: { seed: number }) {
  const generator = xoroshiro128plus(seed);
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  const tenth = () => Math.round(uniform() * 1e5) / 1e4;

  for (let index = 0; ; index += 1) {
    const row = { x1: tenth(), x2: tenth(), x3: tenth() };
    const threshold = thresholds[Math.floor(index / rowsAConcept) % thresholds.length]!;
    const isPositive = row.x1 + row.x2 > threshold !== uniform() < noise;
    yield { row, label: isPositive ? '1' : '0' };
  }
}
