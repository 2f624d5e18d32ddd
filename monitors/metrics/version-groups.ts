/**
 * The counters of one version, zero for every label set that its model can have: a counter that begins with its first
 * row would hide that row from every window.
 */
import type { Total, TotalKind } from '../../domain/ingest-ports.ts';
import { binsOf } from '../../domain/reference-shares.ts';
import type { MetricsSnapshot, ModelSnapshot } from './metrics-snapshot.ts';
import type { MetricSample, SampleGroup } from './sample.ts';

/** Values by kind, `a`, `b` and partition. */
type Cells = Map<string, Readonly<{ a: string; b: string; partition: string; value: number }>>;
const keyOf = (a: string, b: string, partition: string) => JSON.stringify([a, b, partition]);

const answersOf = (partitions: readonly string[]) => partitions.filter((p) => !p.startsWith('feedback-'));

export type VersionGroups = Readonly<{
  outcomes: SampleGroup;
  predictions: SampleGroup;
  /** One group a feature. */
  features: readonly SampleGroup[];
}>;

export function versionGroups(
  { namespace, partitions }: Pick<MetricsSnapshot, 'namespace' | 'partitions'>,
  { config, references }: Pick<ModelSnapshot, 'config' | 'references'>,
  version: string,
  totals: readonly Total[],
): VersionGroups {
  const ids = { namespace, model: config.name, version };
  const { labels } = config.task;
  const reference = references[version] ?? null;

  const cells = (
    kind: TotalKind,
    zeros: Iterable<readonly [a: string, b: string]>,
    of: readonly string[],
  ) => {
    const found: Cells = new Map();
    for (const [a, b] of zeros) {
      for (const partition of of) found.set(keyOf(a, b, partition), { a, b, partition, value: 0 });
    }
    for (const total of totals) {
      if (total.kind === kind) found.set(keyOf(total.a, total.b, total.partition), total);
    }
    return [...found.values()];
  };
  const matrix = labels.flatMap((label) => labels.map((predicted) => [label, predicted] as const));
  const outcomes = (kind: 'outcome' | 'outcome_withdrawn', metric: 'outcomes' | 'outcomesWithdrawn') =>
    cells(kind, matrix, partitions).map(({ a, b, partition, value }): MetricSample => ({
      metric,
      labels: { ...ids, label: a, predicted: b, partition },
      value,
    }));
  const answers = answersOf(partitions);
  const predictions = cells(
    'prediction',
    labels.map((label) => [label, ''] as const),
    answers,
  ).map(({ a, partition, value }): MetricSample => ({
    metric: 'predictions',
    labels: { ...ids, label: a, partition },
    value,
  }));
  const labelShares = labels.map((label): MetricSample => ({
    metric: 'referenceLabelShare',
    labels: { ...ids, label },
    value: reference?.labels[label] ?? 0,
  }));

  const features = Object.keys(config.input).map((feature): SampleGroup => {
    const known = reference?.features[feature];
    const bins = known === undefined ? [] : binsOf(known);
    const own = (kind: TotalKind, zeros: Iterable<readonly [string, string]>) =>
      cells(kind, zeros, answers).filter((cell) => cell.a === feature);
    const count = (
      kind: 'feature_missing' | 'feature_invalid',
      metric: 'featureMissing' | 'featureInvalid',
    ) =>
      own(kind, [[feature, '']]).map(({ partition, value }): MetricSample => ({
        metric,
        labels: { ...ids, feature, partition },
        value,
      }));
    return [
      ...own(
        'feature_bin',
        bins.map((bin) => [feature, bin] as const),
      ).map(({ b, partition, value }): MetricSample => ({
        metric: 'featureBins',
        labels: { ...ids, feature, bin: b, partition },
        value,
      })),
      ...bins.map((bin): MetricSample => ({
        metric: 'referenceShare',
        labels: { ...ids, feature, bin },
        value: known?.shares[bin] ?? 0,
      })),
      ...count('feature_missing', 'featureMissing'),
      ...count('feature_invalid', 'featureInvalid'),
    ];
  });

  return {
    outcomes: [...outcomes('outcome', 'outcomes'), ...outcomes('outcome_withdrawn', 'outcomesWithdrawn')],
    predictions: [...predictions, ...(reference === null ? [] : labelShares)],
    features,
  };
}
