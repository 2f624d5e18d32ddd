import type { CountedCells } from './counted-cells.ts';
import type { MetricSample, SampleGroup } from './sample.ts';

type Slice = Readonly<{
  ids: Readonly<{ namespace: string; model: string; version: string }>;
  /** The feature that is the slice, and every value that it can have. */
  slice: string;
  values: readonly string[];
}>;

/**
 * The counters of one declared slice of a version: zero for each of its values.
 *
 * @param asked the partitions that predictions come by; a label may become known by any of `partitions`
 */
export function sliceGroup(
  cells: CountedCells,
  { ids, slice, values }: Slice,
  { asked, partitions }: { asked: readonly string[]; partitions: readonly string[] },
): SampleGroup {
  const outcomes = (
    metric: 'sliceOutcomes' | 'sliceOutcomesWithdrawn',
    outcome: 'right' | 'wrong',
    withdrawn: '' | '_withdrawn',
  ) =>
    cells
      .of(`slice_${outcome}${withdrawn}`, slice, values, partitions)
      .map(({ b, partition, value }): MetricSample => ({
        metric,
        labels: { ...ids, slice, value: b, outcome, partition },
        value,
      }));
  return [
    ...cells.of('slice_prediction', slice, values, asked).map(({ b, partition, value }): MetricSample => ({
      metric: 'slicePredictions',
      labels: { ...ids, slice, value: b, partition },
      value,
    })),
    ...outcomes('sliceOutcomes', 'right', ''),
    ...outcomes('sliceOutcomes', 'wrong', ''),
    ...outcomes('sliceOutcomesWithdrawn', 'right', '_withdrawn'),
    ...outcomes('sliceOutcomesWithdrawn', 'wrong', '_withdrawn'),
  ];
}
