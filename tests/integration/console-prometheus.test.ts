import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHistory, readLive } from '../../console/read-live.ts';
import { defineModel, drift, parseConfig, quality } from '../../domain/config.ts';
import type { Total, TotalKind } from '../../domain/ingest-ports.ts';
import { number } from '../../domain/input.ts';
import type { ReferenceShares } from '../../domain/reference-shares.ts';
import { classification } from '../../domain/task.ts';
import { writePrometheusFiles } from '../../infra/prometheus/files.ts';
import { createMetricsReader } from '../../infra/prometheus/metrics-reader.ts';
import { samplesOf } from '../../monitors/metrics/samples.ts';
import { generateRules } from '../../monitors/rules/generate-rules.ts';
import { eventually, startInstance, startMonitoring } from '../support/monitoring.ts';

const { models, seriesPerModel } = parseConfig({
  models: [
    defineModel({
      name: 'churn',
      task: classification({ labels: ['stay', 'leave'] }),
      input: { age: number() },
      watch: [quality({ metric: 'accuracy', atLeast: 0.5, window: '30s' }), drift({ window: '30s' })],
    }),
  ],
});
const reference: ReferenceShares = {
  features: {
    age: { kind: 'number', edges: [20, 40], shares: { 0: 0.25, 1: 0.5, 2: 0.25, missing: 0, unknown: 0 } },
  },
  labels: { stay: 0.5, leave: 0.5 },
};

/** What the database would say; rows after the first scrape are in the window. */
const counted = { right: 0, wrong: 0, young: 0, old: 0 };
const total = (kind: TotalKind, version: string, a: string, b: string, value: number): Total => ({
  model: 'churn',
  version,
  partition: 'p-0',
  kind,
  a,
  b,
  value,
});
const source = async () =>
  samplesOf({
    namespace: 'default',
    seriesPerModel,
    partitions: ['p-0'],
    totals: [
      total('outcome', 'v1', 'stay', 'stay', counted.right),
      total('outcome', 'v1', 'stay', 'leave', counted.wrong),
      total('outcome', 'v2', 'stay', 'stay', counted.right),
      total('prediction', 'v1', 'stay', '', counted.right + counted.wrong),
      total('feature_bin', 'v1', 'age', '0', counted.young),
      total('feature_bin', 'v1', 'age', '2', counted.old),
    ],
    models: [
      {
        config: models[0]!,
        standing: {
          model: 'churn',
          champion: 'v1',
          regret: 12.5,
          labelled: counted.right + counted.wrong,
          streams: {},
        },
        route: null,
        versions: [
          { version: 'v1', number: 1, role: 'champion', promotedAt: '2026-01-01T00:00:00.000Z' },
          { version: 'v2', number: 2, role: 'challenger', promotedAt: null },
        ],
        references: { v1: reference, v2: reference },
        happened: [],
        estimators: {},
        drill: null,
      },
    ],
  });

let monitoring: Awaited<ReturnType<typeof startMonitoring>>;
let instances: Awaited<ReturnType<typeof startInstance>>[];
beforeAll(async () => {
  monitoring = await startMonitoring();
  // Two instances export the same numbers; nothing may be counted twice.
  instances = [await startInstance(source), await startInstance(source)];
  await writePrometheusFiles(
    monitoring.folders,
    generateRules(models, { evaluationMs: 1_000 }),
    instances.map(({ address }) => ({ address })),
  );
  await monitoring.reload();
});
afterAll(async () => {
  await Promise.all(instances?.map((instance) => instance.stop()) ?? []);
  await monitoring?.stop();
});

test('the console reads what the exporter and the rules put into a real Prometheus', async () => {
  const reader = createMetricsReader({
    url: monitoring.url,
    namespace: 'default',
    levels: ['suspected', 'detected'],
  });
  const scope = { namespace: 'default', model: 'churn', windowMs: 30_000, inputWindowMs: 30_000 };
  const began = Date.now();
  await eventually(
    async () => {
      const live = await readLive(reader, scope);
      return live.state === 'answers' && live.price === 50 ? live : null;
    },
    { withinMs: 20_000 },
  );
  Object.assign(counted, { right: 60, wrong: 40, young: 10, old: 90 });
  const live = await eventually(
    async () => {
      const now = await readLive(reader, scope);
      return now.state === 'answers' && now.labelledInWindow === 100 && now.drift.length > 0 ? now : null;
    },
    { withinMs: 15_000 },
  );
  expect(live).toMatchObject({ accuracy: 0.6, regret: 12.5, price: 50, predictions: 100 });
  expect(live.drift).toHaveLength(1);
  const [age] = live.drift;
  expect(age).toMatchObject({ feature: 'age', rows: 100 });
  expect(age!.psi).toBeGreaterThan(1);
  expect(age!.bins).toEqual([
    { bin: '0', reference: 0.25, live: 0.1 },
    { bin: '1', reference: 0.5, live: 0 },
    { bin: '2', reference: 0.25, live: 0.9 },
  ]);

  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const history = await readHistory(reader, scope, { from: began, to: Date.now(), challenger: 'v2' });
  expect(history!.accuracy.map(({ version, role }) => [version, role])).toEqual([
    ['v1', 'champion'],
    ['v2', 'challenger'],
  ]);
  expect(history!.accuracy[0]!.points.at(-1)![1]).toBeCloseTo(0.6, 12);
  expect(history!.accuracy[1]!.points.at(-1)![1]).toBe(1);
  expect(history!.regret.at(-1)![1]).toBe(12.5);
  expect(history!.labelled.at(-1)![1]).toBe(100);
});
