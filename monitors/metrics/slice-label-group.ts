import { readSliceOutcome } from '../slices.ts';
import type { CountedCells } from './counted-cells.ts';
import type { MetricSample, SampleGroup } from './sample.ts';

const what = ['bear', 'predicted', 'right'] as const;
type What = (typeof what)[number];

/**
 * What F1 of a slice is made of, by label: net counts over all partitions, since a value times a label times a partition
 * would be more series than all else of a version.
 */
export function sliceLabelGroup(
  cells: CountedCells,
  ids: Readonly<{ namespace: string; model: string; version: string }>,
  { slice, values, labels }: { slice: string; values: readonly string[]; labels: readonly string[] },
): SampleGroup {
  const counts = new Map<string, number>();
  const key = (value: string, label: string, of: What) => JSON.stringify([value, label, of]);
  const add = (value: string, label: string, of: What, n: number) =>
    counts.set(key(value, label, of), (counts.get(key(value, label, of)) ?? 0) + n);
  for (const [kind, sign] of [
    ['slice_outcome', 1],
    ['slice_outcome_withdrawn', -1],
  ] as const)
    for (const { b, value: n } of cells.of(kind, slice, [], [])) {
      const { value, label, predicted } = readSliceOutcome(b);
      add(value, label, 'bear', sign * n);
      add(value, predicted, 'predicted', sign * n);
      if (label === predicted) add(value, label, 'right', sign * n);
    }
  return values.flatMap((value) =>
    labels.flatMap((label) =>
      what.map((of): MetricSample => ({
        metric: 'sliceLabelRows',
        labels: { ...ids, slice, value, label, what: of },
        value: counts.get(key(value, label, of)) ?? 0,
      })),
    ),
  );
}
