import { scoreBins } from '../../domain/score-bins.ts';
import type { CountedCells } from './counted-cells.ts';
import type { MetricSample, SampleGroup } from './sample.ts';

/**
 * How sure a version was of its answers, and of how many of them the label is known: zero for every bin.
 *
 * @param asked the partitions that predictions come by; a label may become known by any of `partitions`
 */
export function scoreGroup(
  cells: CountedCells,
  ids: Readonly<{ namespace: string; model: string; version: string }>,
  { asked, partitions }: { asked: readonly string[]; partitions: readonly string[] },
): SampleGroup {
  const counters = [
    ['score', 'scorePredictions', asked],
    ['score_labelled', 'scoreLabelled', partitions],
    ['score_labelled_withdrawn', 'scoreLabelledWithdrawn', partitions],
  ] as const;
  return counters.flatMap(([kind, metric, from]) =>
    scoreBins.flatMap((bin) =>
      cells.of(kind, bin, [''], from).map(({ partition, value }): MetricSample => ({
        metric,
        labels: { ...ids, bin, partition },
        value,
      })),
    ),
  );
}
