/**
 * The counters of one version, zero for every label set that its model can have: a counter that begins with its first
 * row would hide that row from every window.
 */
import type { Total } from '../../domain/ingest-ports.ts';
import { binsOf } from '../../domain/reference-shares.ts';
import { hasScores } from '../../domain/score-bins.ts';
import { indexTotals, type Cell } from './counted-cells.ts';
import type { MetricsSnapshot, ModelSnapshot } from './metrics-snapshot.ts';
import { outcomeLabels, outcomePredictions, predictionCells } from '../ingest/outcome-cells.ts';
import { slicesOf } from '../slices.ts';
import { offByGroup } from './off-by-group.ts';
import { ratingGroup } from './rating-group.ts';
import type { MetricSample, SampleGroup } from './sample.ts';
import { estimatedGroup } from './estimated-group.ts';
import { happenedGroup } from './happened-group.ts';
import { scoreGroup } from './score-group.ts';
import { sliceGroup } from './slice-group.ts';
import { sliceLabelGroup } from './slice-label-group.ts';

export type VersionGroups = Readonly<{
  outcomes: SampleGroup;
  predictions: SampleGroup;
  happened: SampleGroup;
  estimated: SampleGroup;
  /** How sure it was of its answers. */
  scores: SampleGroup;
  /** One group a declared slice. */
  slices: readonly SampleGroup[];
  /** One group a declared slice: its rows by label. */
  sliceLabels: readonly SampleGroup[];
  /** One group a feature. */
  features: readonly SampleGroup[];
}>;

export function versionGroups(
  { namespace, partitions }: Pick<MetricsSnapshot, 'namespace' | 'partitions'>,
  {
    config,
    references,
    happened,
    estimators,
  }: Pick<ModelSnapshot, 'config' | 'references' | 'happened' | 'estimators'>,
  version: string,
  totals: readonly Total[],
): VersionGroups {
  const ids = { namespace, model: config.name, version };
  const { task } = config;
  const labels = task.kind === 'classification' ? task.labels : [];
  const reference = references[version] ?? null;
  const cells = indexTotals(totals);
  // Answers and inputs never come by the feedback topic.
  const asked = partitions.filter((partition) => !partition.startsWith('feedback-'));

  const outcomes = (kind: 'outcome' | 'outcome_withdrawn', metric: 'outcomes' | 'outcomesWithdrawn') =>
    [...new Set([...outcomeLabels(task), ...cells.counted(kind)])]
      .flatMap((label) => cells.of(kind, label, outcomePredictions(task), partitions))
      .map(({ a, b, partition, value }): MetricSample => ({
        metric,
        labels: { ...ids, label: a, predicted: b, partition },
        value,
      }));
  const predictions = [...new Set([...predictionCells(task), ...cells.counted('prediction')])]
    .flatMap((label) => cells.of('prediction', label, [''], asked))
    .map(({ a, partition, value }): MetricSample => ({
      metric: 'predictions',
      labels: { ...ids, label: a, partition },
      value,
    }));
  const labelShares = labels.map((label): MetricSample => ({
    metric: 'referenceLabelShare',
    labels: { ...ids, label },
    value: reference?.labels[label] ?? 0,
  }));

  const feature = (name: string): SampleGroup => {
    const known = reference?.features[name];
    const bins = known === undefined ? [] : binsOf(known);
    const sample =
      (metric: 'featureMissing' | 'featureInvalid' | 'featureNew' | 'featureBeyond') =>
      ({ partition, value }: Cell): MetricSample => ({
        metric,
        labels: { ...ids, feature: name, partition },
        value,
      });
    return [
      ...cells.of('feature_bin', name, bins, asked).map(({ b, partition, value }): MetricSample => ({
        metric: 'featureBins',
        labels: { ...ids, feature: name, bin: b, partition },
        value,
      })),
      ...bins.map((bin): MetricSample => ({
        metric: 'referenceShare',
        labels: { ...ids, feature: name, bin },
        value: known?.shares[bin] ?? 0,
      })),
      ...cells.of('feature_missing', name, [''], asked).map(sample('featureMissing')),
      ...cells.of('feature_invalid', name, [''], asked).map(sample('featureInvalid')),
      ...(known?.kind === 'category'
        ? cells.of('feature_new', name, [''], asked).map(sample('featureNew'))
        : []),
      ...(known?.kind === 'number' && known.range !== undefined
        ? cells.of('feature_beyond', name, [''], asked).map(sample('featureBeyond'))
        : []),
    ];
  };

  const repeated = cells.of('repeated', '', [''], asked).map(({ partition, value }): MetricSample => ({
    metric: 'repeatedInputs',
    labels: { ...ids, partition },
    value,
  }));
  const slices = config.gate.slices.map((slice) => ({
    slice,
    values: slicesOf(config.input[slice]!, reference?.features[slice] ?? null),
  }));

  return {
    outcomes: [
      ...outcomes('outcome', 'outcomes'),
      ...outcomes('outcome_withdrawn', 'outcomesWithdrawn'),
      ...(task.kind === 'regression' ? offByGroup(cells, ids, task, partitions) : []),
      ...(task.kind === 'generation' ? ratingGroup(cells, ids, partitions) : []),
    ],
    happened: happened.flatMap(({ stretch, sums }) => happenedGroup(ids, stretch, sums)),
    estimated: estimatedGroup(cells, ids, { estimator: estimators[version], labels }, { asked, partitions }),
    scores: hasScores(task) ? scoreGroup(cells, ids, asked) : [],
    slices: slices.map((of) => sliceGroup(cells, { ids, ...of }, { asked, partitions })),
    sliceLabels: slices.map((of) => sliceLabelGroup(cells, ids, { ...of, labels })),
    predictions: [...predictions, ...repeated, ...(reference === null ? [] : labelShares)],
    features: Object.keys(config.input).map(feature),
  };
}
