import { scoreBins } from '../../domain/score-bins.ts';
import type { CountedCells } from './counted-cells.ts';
import type { MetricSample, SampleGroup } from './sample.ts';

/**
 * How sure a version was of its answers, and of how many of them the label is known: zero for every bin. Labels are net
 * counts over all partitions: by partition, with those taken back apart, they would be four times as many series.
 *
 * @param asked the partitions that predictions come by
 */
export function scoreGroup(
  cells: CountedCells,
  ids: Readonly<{ namespace: string; model: string; version: string }>,
  asked: readonly string[],
): SampleGroup {
  const all = (kind: 'score_labelled' | 'score_labelled_withdrawn', bin: string) =>
    cells.of(kind, bin, [], []).reduce((sum, { value }) => sum + value, 0);
  return scoreBins.flatMap((bin): MetricSample[] => [
    ...cells.of('score', bin, [''], asked).map(({ partition, value }): MetricSample => ({
      metric: 'scorePredictions',
      labels: { ...ids, bin, partition },
      value,
    })),
    {
      metric: 'scoreLabelled',
      labels: { ...ids, bin },
      value: all('score_labelled', bin) - all('score_labelled_withdrawn', bin),
    },
  ]);
}
