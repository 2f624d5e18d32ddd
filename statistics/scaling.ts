/**
 * Takes each feature less its mean, in its deviations (of the population); one that never varies stays 0.
 *
 * @param rows numbers of the same features, none missing
 */
export function scalingOf(rows: readonly (readonly number[])[]): (row: readonly number[]) => number[] {
  const width = rows[0]?.length ?? 0;
  const of = (value: (row: readonly number[], k: number) => number) =>
    Array.from({ length: width }, (_, k) => rows.reduce((sum, row) => sum + value(row, k), 0) / rows.length);
  const means = of((row, k) => row[k]!);
  const deviations = of((row, k) => (row[k]! - means[k]!) ** 2).map(Math.sqrt);
  return (row) => row.map((x, k) => (x - means[k]!) / (deviations[k]! || 1));
}
