import { expect, test } from 'vitest';
import type { Total } from '../../../../domain/ingest-ports.ts';
import { capSeries } from '../../../../monitors/metrics/cap-series.ts';
import { exportedVersions } from '../../../../monitors/metrics/exported-versions.ts';
import { metricTable } from '../../../../monitors/metrics/metric-table.ts';
import type { MetricsSnapshot, ModelSnapshot } from '../../../../monitors/metrics/metrics-snapshot.ts';
import type { MetricSample } from '../../../../monitors/metrics/sample.ts';
import { samplesOf } from '../../../../monitors/metrics/samples.ts';
import { classification } from '../../../../domain/task.ts';
import { category, number } from '../../../../domain/input.ts';
import { defineModel, parseConfig } from '../../../../domain/config.ts';

const config = parseConfig({
  models: [
    defineModel({
      name: 'churn',
      task: classification({ labels: ['stay', 'leave'] }),
      input: { age: number(), plan: category(['free']) },
    }),
  ],
}).models[0]!;
const version = (
  n: number,
  role: 'champion' | 'challenger' | 'retired' | 'rejected',
  promotedAt?: string,
) => ({
  version: `v${n}`,
  number: n,
  role,
  promotedAt: promotedAt ?? null,
});
const reference = {
  features: {
    age: {
      kind: 'number',
      edges: [30, 50],
      shares: { '0': 0.2, '1': 0.5, '2': 0.3, missing: 0, unknown: 0 },
    },
    plan: { kind: 'category', values: ['free'], shares: { free: 0.9, missing: 0.1, unknown: 0 } },
  },
  labels: { stay: 0.7, leave: 0.3 },
} as const;
const churn = (over: Partial<ModelSnapshot> = {}): ModelSnapshot => ({
  config,
  standing: { model: 'churn', champion: 'v1', regret: 12.5, labelled: 340, streams: {} },
  route: { challenger: null },
  drill: null,
  versions: [version(1, 'champion', '2026-01-01T00:00:00.000Z')],
  references: { v1: reference },
  happened: [],
  estimators: {},
  ...over,
});
const snapshot = (over: Partial<MetricsSnapshot> = {}): MetricsSnapshot => ({
  namespace: 'default',
  seriesPerModel: 2_000,
  totals: [],
  partitions: ['predictions-0', 'feedback-0', 'feedback-1'],
  models: [churn()],
  ...over,
});
const total = (
  kind: Total['kind'],
  a: string,
  b: string,
  value: number,
  over: Partial<Total> = {},
): Total => ({
  model: 'churn',
  version: 'v1',
  partition: 'predictions-0',
  kind,
  a,
  b,
  value,
  ...over,
});
const of = (samples: readonly MetricSample[], metric: MetricSample['metric']) =>
  samples.filter((s) => s.metric === metric);
const line = ({ metric, labels, value }: MetricSample) =>
  `${metric} ${Object.entries(labels)
    .filter(([k]) => k !== 'namespace' && k !== 'model')
    .map(([, v]) => v)
    .join(' ')} = ${value}`;

test('every label set of a registered version is there at zero before anything was counted', () => {
  const samples = samplesOf(snapshot());
  // 2 labels × 2 predictions × 3 partitions.
  expect(of(samples, 'outcomes')).toHaveLength(12);
  expect(of(samples, 'outcomesWithdrawn')).toHaveLength(12);
  // Answers and inputs never come by the feedback topic.
  expect(of(samples, 'predictions').map(line)).toEqual([
    'predictions v1 stay predictions-0 = 0',
    'predictions v1 leave predictions-0 = 0',
  ]);
  expect(of(samples, 'featureBins').map(line)).toEqual([
    ...['0', '1', '2', 'missing', 'unknown'].map((bin) => `featureBins v1 age ${bin} predictions-0 = 0`),
    ...['free', 'missing', 'unknown'].map((bin) => `featureBins v1 plan ${bin} predictions-0 = 0`),
  ]);
  expect(of(samples, 'events').every((s) => s.value === 0)).toBe(true);
  expect(of(samples, 'events')).toHaveLength(10);
});

test('the newest drill of the way back is told with its time, and before the first nothing is', () => {
  const told = (drill: ModelSnapshot['drill']) =>
    samplesOf(snapshot({ models: [churn({ drill })] }))
      .map(line)
      .filter((sample) => sample.startsWith('drill'));
  expect(told(null)).toEqual([]);
  const closed = { model: 'churn', at: '2026-01-02T00:00:00.000Z', isOpen: false };
  expect(told({ ...closed, latestOpen: null })).toEqual(['drillTime  = 1767312000', 'drillOpen  = 0']);
  expect(told({ ...closed, latestOpen: { at: '2026-01-01T00:00:00.000Z', seconds: 1.9 } })).toEqual([
    'drillTime  = 1767312000',
    'drillOpen  = 0',
    'drillOpenTime  = 1767225600',
    'drillSeconds  = 1.9',
  ]);
});

test('a count takes the place of its zero, and one that nobody declared is exported all the same', () => {
  const totals = [
    total('outcome', 'stay', 'leave', 7, { partition: 'feedback-1' }),
    total('outcome', 'stay', 'maybe', 2, { partition: 'feedback-1' }),
    total('feature_bin', 'age', '2', 9),
    total('feature_missing', 'plan', '', 3),
  ];
  const samples = samplesOf(snapshot({ totals })).map(line);
  expect(samples).toContain('outcomes v1 stay leave feedback-1 = 7');
  expect(samples).toContain('outcomes v1 stay maybe feedback-1 = 2');
  expect(samples).toContain('featureBins v1 age 2 predictions-0 = 9');
  expect(samples).toContain('featureMissing v1 plan predictions-0 = 3');
  expect(samples.filter((s) => s.startsWith('outcomes '))).toHaveLength(13);
});

test('each sample has exactly the labels of its metric, and no series is there twice', () => {
  const totals = [total('outcome', 'stay', 'stay', 1), total('event', 'stored', '', 4, { version: '' })];
  const samples = samplesOf(snapshot({ totals }));
  for (const { metric, labels } of samples) {
    expect(Object.keys(labels).toSorted()).toEqual([...metricTable[metric].labels].toSorted());
  }
  expect(new Set(samples.map((s) => s.metric + JSON.stringify(s.labels))).size).toBe(samples.length);
});

test('the champion, its regret and the price of a training are gauges; without a champion only the price', () => {
  const named = (samples: MetricSample[]) =>
    samples
      .filter((s) => ['championInfo', 'regret', 'trainingPrice', 'labelledRows'].includes(s.metric))
      .map(line);
  expect(named(samplesOf(snapshot()))).toEqual([
    'trainingPrice  = 50',
    'labelledRows  = 340',
    'championInfo v1 = 1',
    'regret v1 = 12.5',
  ]);
  const unborn = churn({ standing: null, route: null, versions: [], references: {} });
  expect(named(samplesOf(snapshot({ models: [unborn] })))).toEqual([
    'trainingPrice  = 50',
    'labelledRows  = 0',
  ]);
});

test('events are summed over partitions, by model where it is known', () => {
  const totals = [
    total('event', 'stored', '', 4, { version: '' }),
    total('event', 'stored', '', 5, { version: '', partition: 'feedback-0' }),
    total('event', 'dead_lettered', '', 2, { version: '', model: '' }),
  ];
  const events = of(samplesOf(snapshot({ totals })), 'events').filter((s) => s.value > 0);
  expect(events.map((s) => [s.labels, s.value])).toEqual([
    [{ namespace: 'default', model: '', kind: 'dead_lettered' }, 2],
    [{ namespace: 'default', model: 'churn', kind: 'stored' }, 9],
  ]);
});

test('over the cap, quality comes first, a feature is whole or not there, and what is missing is counted', () => {
  const all = samplesOf(snapshot());
  const isGauge = (s: MetricSample) =>
    ['trainingPrice', 'labelledRows', 'cappedSeries', 'championInfo', 'regret', 'events'].includes(s.metric);
  const most = all.filter((s) => !isGauge(s)).length;
  for (let cap = 0; cap <= most; cap += 1) {
    const samples = samplesOf(snapshot({ seriesPerModel: cap }));
    const kept = samples.filter((s) => !isGauge(s)).length;
    expect(kept).toBeLessThanOrEqual(cap);
    expect(of(samples, 'cappedSeries').map((s) => s.value)).toEqual([most - kept]);
    for (const feature of ['age', 'plan']) {
      const mine = (list: MetricSample[]) =>
        list.filter((s) => 'feature' in s.labels && s.labels.feature === feature);
      expect([0, mine(all).length]).toContain(mine(samples).length);
    }
    if (cap >= 24) expect(of(samples, 'outcomes')).toHaveLength(12);
  }
});

test('a declared slice is a group of its own: zero for each of its values, before inputs, under the cap', () => {
  const sliced = churn({ config: { ...config, gate: { ...config.gate, slices: ['plan'] } } });
  const totals = [total('slice_right', 'plan', 'free', 8, { partition: 'feedback-1' })];
  const all = samplesOf(snapshot({ models: [sliced], totals }));
  expect(of(all, 'slicePredictions').map(line)).toEqual(
    ['free', 'missing', 'unknown'].map((value) => `slicePredictions v1 plan ${value} predictions-0 = 0`),
  );
  // 3 values × right or wrong × 3 partitions.
  expect(of(all, 'sliceOutcomes')).toHaveLength(18);
  expect(of(all, 'sliceOutcomesWithdrawn')).toHaveLength(18);
  expect(all.map(line)).toContain('sliceOutcomes v1 plan free right feedback-1 = 8');
  const capped = samplesOf(snapshot({ models: [sliced], seriesPerModel: 29 + 39 }));
  expect(of(capped, 'sliceOutcomes')).toHaveLength(18);
  expect(of(capped, 'featureBins')).toHaveLength(0);
});

test('how sure answers are is there for every bin; labels are net, over all partitions, and so are slices by label', () => {
  const sliced = churn({ config: { ...config, gate: { ...config.gate, slices: ['plan'] } } });
  const totals = [
    total('score', '0.9', '', 9),
    total('score_labelled', '0.9', '', 6, { partition: 'feedback-0' }),
    total('score_labelled', '0.9', '', 2, { partition: 'predictions-0' }),
    total('score_labelled_withdrawn', '0.9', '', 1, { partition: 'feedback-1' }),
    total('slice_outcome', 'plan', '["free","stay","stay"]', 5, { partition: 'feedback-0' }),
    total('slice_outcome', 'plan', '["free","leave","stay"]', 3, { partition: 'feedback-1' }),
    total('slice_outcome_withdrawn', 'plan', '["free","leave","stay"]', 1, { partition: 'feedback-1' }),
  ];
  const samples = samplesOf(snapshot({ models: [sliced], totals }));
  expect(of(samples, 'scorePredictions')).toHaveLength(11);
  expect(of(samples, 'scoreLabelled')).toHaveLength(11);
  const told = samples.filter(({ value }) => value > 0).map(line);
  expect(told).toContain('scorePredictions v1 0.9 predictions-0 = 9');
  expect(told).toContain('scoreLabelled v1 0.9 = 7');
  expect(told.filter((one) => one.startsWith('sliceLabelRows'))).toEqual([
    'sliceLabelRows v1 plan free stay bear = 5',
    'sliceLabelRows v1 plan free stay predicted = 7',
    'sliceLabelRows v1 plan free stay right = 5',
    'sliceLabelRows v1 plan free leave bear = 2',
  ]);
});

test('a group that does not fit is passed over, the next one may', () => {
  const group = (n: number) => of(samplesOf(snapshot()), 'outcomes').slice(0, n);
  const { samples, capped } = capSeries([group(3), group(9), group(2)], 6);
  expect([samples.length, capped]).toEqual([5, 9]);
});

test('what can still move is exported: champion, challengers, the champion before, and strangers last', () => {
  const versions = [
    version(1, 'retired', '2026-01-01T00:00:00.000Z'),
    version(2, 'retired', '2026-02-01T00:00:00.000Z'),
    version(3, 'rejected'),
    version(4, 'champion', '2026-03-01T00:00:00.000Z'),
    version(5, 'challenger'),
    version(6, 'challenger'),
  ];
  const standing = { model: 'churn', champion: 'v4', regret: 0, labelled: 1, streams: {} };
  const route = { challenger: { version: 'v5', digest: 'd', share: 0.1, mode: 'canary' as const } };
  expect(exportedVersions({ versions, standing, route }, ['v3', 'v1', 'theirs'])).toEqual([
    'v4',
    'v5',
    'v6',
    'v2',
    'theirs',
  ]);
});
