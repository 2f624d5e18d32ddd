import type { Estimate } from './evaluate.ts';

/** A figure among the rows that share a value of something. */
export type SliceReport = Readonly<{ of: string; value: string; rows: number; figure: Estimate }>;

/** Fewer rows than that say nothing of a slice. */
const LEAST_ROWS = 20;

/** The parts of rows that have enough of them and are not all of them, each with its figure. */
export function sliceRows(
  rows: number,
  slicesOf: (row: number) => Readonly<Record<string, string>>,
  figureOf: (indices: readonly number[]) => Estimate,
): SliceReport[] {
  const slices = new Map<string, { of: string; value: string; indices: number[] }>();
  for (let i = 0; i < rows; i += 1) {
    for (const [of, value] of Object.entries(slicesOf(i))) {
      const key = JSON.stringify([of, value]);
      const slice = slices.get(key) ?? { of, value, indices: [] };
      slice.indices.push(i);
      slices.set(key, slice);
    }
  }
  return [...slices.values()]
    .filter(({ indices }) => indices.length >= LEAST_ROWS && indices.length < rows)
    .map(({ of, value, indices }) => ({ of, value, rows: indices.length, figure: figureOf(indices) }));
}
