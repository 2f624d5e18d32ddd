import type { Regression } from '../../domain/task.ts';
import type { CountedCells } from './counted-cells.ts';
import type { MetricSample, SampleGroup } from './sample.ts';

/** Counted in thousandths of the tolerance, exported in the unit of the number, and squared in that of its square. */
const THOUSANDTH = 1 / 1_000;

/** The counters of how far off the numbers of a version are: zero from the first scrape on. */
export function offByGroup(
  cells: CountedCells,
  ids: Readonly<{ namespace: string; model: string; version: string }>,
  { tolerance = 1 }: Pick<Regression, 'tolerance'>,
  partitions: readonly string[],
): SampleGroup {
  const samples = (
    kind: 'off_by' | 'off_by_withdrawn',
    how: 'absolute' | 'squared',
    metric: 'offBy' | 'offByWithdrawn',
  ) =>
    cells.of(kind, how, [''], partitions).map(({ partition, value }): MetricSample => ({
      metric,
      labels: { ...ids, how, partition },
      value: value * THOUSANDTH * (how === 'absolute' ? tolerance : tolerance ** 2),
    }));
  return [
    ...samples('off_by', 'absolute', 'offBy'),
    ...samples('off_by', 'squared', 'offBy'),
    ...samples('off_by_withdrawn', 'absolute', 'offByWithdrawn'),
    ...samples('off_by_withdrawn', 'squared', 'offByWithdrawn'),
  ];
}
