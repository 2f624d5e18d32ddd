import {
  confidenceMethods,
  estimatedQualities,
  type ConfidenceEstimators,
  type PerformanceEstimator,
} from '../../domain/performance-estimator.ts';
import type { CountedCells } from './counted-cells.ts';
import type { MetricSample, SampleGroup } from './sample.ts';

/** Sums of shares are kept in whole millionths of a row. */
const MILLION = 1_000_000;

/**
 * What a version is expected to be worth without labels, and how that compares with the labels that came; nothing before
 * it is calibrated.
 *
 * @param asked the partitions that predictions come by; a label may become known by any of `partitions`
 */
export function estimatedGroup(
  cells: CountedCells,
  ids: Readonly<{ namespace: string; model: string; version: string }>,
  { estimator, labels }: { estimator: PerformanceEstimator | undefined; labels: readonly string[] },
  { asked, partitions }: { asked: readonly string[]; partitions: readonly string[] },
): SampleGroup {
  if (estimator === undefined) return [];
  const outcomes = labels
    .flatMap((label) => cells.of('estimated_outcome', label, labels, asked))
    .map(({ a, b, partition, value }): MetricSample => ({
      metric: 'estimatedOutcomes',
      labels: { ...ids, label: a, predicted: b, partition },
      value: value / MILLION,
    }));
  const checked = ['rows', 'right', 'expected']
    .flatMap((what) => cells.of('estimate_checked', what, [''], partitions))
    .map(({ a, partition, value }): MetricSample => ({
      metric: 'estimateChecked',
      labels: { ...ids, what: a, partition },
      value: value / MILLION,
    }));
  const spreads = estimatedQualities.flatMap((metric): MetricSample[] => {
    const value = estimator.spreads[metric];
    return value === null ? [] : [{ metric: 'estimatorSpread', labels: { ...ids, metric }, value }];
  });
  return [
    ...outcomes,
    ...checked,
    ...(estimator.confidence === undefined
      ? []
      : confidenceSamples(cells, ids, estimator.confidence, { asked, partitions })),
    { metric: 'estimatorRows', labels: ids, value: estimator.rows },
    ...spreads,
  ];
}

/** The same from how sure its answers are alone, by method. */
const confidenceSamples = (
  cells: CountedCells,
  ids: Readonly<{ namespace: string; model: string; version: string }>,
  { methods }: ConfidenceEstimators,
  { asked, partitions }: { asked: readonly string[]; partitions: readonly string[] },
): MetricSample[] =>
  confidenceMethods.flatMap((method) => [
    ...(['asked', 'labelled'] as const).flatMap((of) =>
      cells
        .of('confident', method, [of], of === 'asked' ? asked : partitions)
        .filter(({ b }) => b === of)
        .map(({ partition, value }): MetricSample => ({
          metric: 'confidentRows',
          labels: { ...ids, method, of, partition },
          value: value / MILLION,
        })),
    ),
    { metric: 'confidenceOffset', labels: { ...ids, method }, value: methods[method].offset },
    { metric: 'confidenceSpread', labels: { ...ids, method }, value: methods[method].spread },
  ]);
