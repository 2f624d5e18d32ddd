import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineModel, parseConfig } from '../../domain/config.ts';
import { number } from '../../domain/input.ts';
import type { Total } from '../../domain/ingest-ports.ts';
import { classification } from '../../domain/task.ts';
import { createMetricsExporter } from '../../infra/prometheus/exporter.ts';
import { storeSamples } from '../../infra/prometheus/read-snapshot.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let database: TestDatabase;
beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await openTestDatabase(postgres.databaseUrl);
});
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
});

const config = parseConfig({
  models: [
    defineModel({
      name: 'churn',
      task: classification({ labels: ['stay', 'leave'] }),
      input: { age: number() },
      retrain: { price: 70 },
    }),
  ],
});
const total = (kind: Total['kind'], a: string, b: string, value: number, partition: string): Total => ({
  model: 'churn',
  version: kind === 'event' ? '' : 'v1',
  partition,
  kind,
  a,
  b,
  value,
});

test('what Postgres has counted is what a scrape says, zeros from the registration on', async () => {
  const { stores } = database;
  const exporter = createMetricsExporter({
    source: storeSamples(stores, { namespace: 'default' }),
    cacheMs: 0,
  });
  const lines = async () =>
    (await exporter.scrape()).split('\n').filter((line) => line.startsWith('driftloop_'));
  const ids = 'namespace="default",model="churn"';

  await stores.models.apply(config);
  expect(await lines()).toContain(`driftloop_training_price_errors{${ids}} 70`);
  expect((await lines()).filter((line) => line.includes('version='))).toEqual([]);

  const at = (topic: string) => ({ clusterId: 'c', topic: `default.driftloop.${topic}.v1`, partition: 0 });
  const count = (topic: string, totals: Total[]) =>
    stores.ingest.transact(at(topic), async (transaction) => {
      await transaction.count(totals);
      await transaction.advance((transaction.next ?? 0n) + 1n);
    });
  await count('predictions', []);
  await count('feedback', []);
  const shares = { '0': 0.4, '1': 0.5, missing: 0.1, unknown: 0 };
  const { version } = await stores.versions.register({
    model: 'churn',
    digest: 'd'.repeat(64),
    parent: null,
    runId: null,
    snapshotId: null,
    trainSeconds: null,
    accuracyOnTest: null,
    reference: {
      features: { age: { kind: 'number', edges: [40], shares } },
      labels: { stay: 0.7, leave: 0.3 },
    },
  });
  await stores.routes.promote('churn', version, { by: 'test', because: 'it is the first' });

  const cell = (name: string, label: string, predicted: string, partition: string) =>
    `driftloop_${name}_total{${ids},version="v1",label="${label}",predicted="${predicted}",partition="${partition}"}`;
  const before = await lines();
  expect(before).toContain(`driftloop_champion_info{${ids},version="v1"} 1`);
  expect(before).toContain(`driftloop_regret_errors{${ids},version="v1"} 0`);
  expect(before).toContain(`${cell('outcomes', 'stay', 'leave', 'feedback-0')} 0`);
  expect(before).toContain(
    `driftloop_feature_bin_total{${ids},version="v1",feature="age",bin="missing",partition="predictions-0"} 0`,
  );
  expect(before).toContain(`driftloop_reference_share{${ids},version="v1",feature="age",bin="1"} 0.5`);

  await count('feedback', [
    total('outcome', 'stay', 'leave', 7, 'feedback-0'),
    total('outcome_withdrawn', 'stay', 'leave', 2, 'feedback-0'),
    total('event', 'stored', '', 7, 'feedback-0'),
  ]);
  await count('feedback', [total('outcome', 'stay', 'leave', 5, 'feedback-0')]);
  const after = await lines();
  expect(after).toContain(`${cell('outcomes', 'stay', 'leave', 'feedback-0')} 12`);
  expect(after).toContain(`${cell('outcomes_withdrawn', 'stay', 'leave', 'feedback-0')} 2`);
  expect(after).toContain(`driftloop_events_total{${ids},kind="stored"} 7`);
  expect(after).toHaveLength(before.length);
});
