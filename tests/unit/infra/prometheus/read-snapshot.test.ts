import { expect, test } from 'vitest';
import { defineModel, parseConfig } from '../../../../domain/config.ts';
import { number } from '../../../../domain/input.ts';
import { classification } from '../../../../domain/task.ts';
import type { Route, Version } from '../../../../domain/version.ts';
import { readMetricsSnapshot, storeSamples } from '../../../../infra/prometheus/read-snapshot.ts';
import type { MetricsStores } from '../../../../infra/prometheus/read-snapshot.ts';

const declare = (name: string) =>
  defineModel({ name, task: classification({ labels: ['a', 'b'] }), input: { x: number() } });
const { models } = parseConfig({ models: [declare('churn'), declare('fraud')] });
const version: Version = {
  model: 'churn',
  version: 'v1',
  number: 1,
  digest: 'd1',
  role: 'champion',
  parent: null,
  runId: null,
  snapshotId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  promotedAt: '2026-01-01T00:00:00.000Z',
  accuracyOnTest: null,
  referenceErrorRate: null,
  trainSeconds: null,
};
const route: Route = {
  model: 'churn',
  generation: 1,
  champion: { version: 'v1', digest: 'd1' },
  challenger: null,
  updatedAt: '2026-01-01T00:00:00.000Z',
};

const drill = { model: 'churn', at: '2026-01-01T00:00:00.000Z', isOpen: true, latestOpen: null };

/** Stores that say in which order they were asked. */
function stores() {
  const asked: string[] = [];
  const say =
    <T>(name: string, answer: T) =>
    async () => {
      asked.push(name);
      return answer;
    };
  const fake: MetricsStores = {
    totals: {
      totals: say('totals', [
        {
          model: 'churn',
          version: 'v1',
          partition: 'feedback-0',
          kind: 'outcome' as const,
          a: 'a',
          b: 'b',
          value: 3,
        },
      ]),
      partitions: say('partitions', ['feedback-0']),
      happened: say('happened', [[], [], []]),
      standings: say('standings', [
        { model: 'churn', champion: 'v1', regret: 1.5, labelled: 3, streams: {} },
      ]),
    },
    ingest: {
      catalogue: say('catalogue', {
        models: Object.fromEntries(
          models.map((config) => [config.name, { config, salt: 's', references: {}, estimators: {} }]),
        ),
        retentionMs: 1,
        seriesPerModel: 2_000,
        joinHorizonMs: 1,
      }),
    },
    versions: { list: async (model) => (model === 'churn' ? [version] : []) },
    routes: { list: say('routes', [route]) },
    audit: { drills: say('drills', [drill]) },
  };
  return { fake, asked };
}
const scope = { namespace: 'default' };

test('the stores are put together by model, and totals are read before the versions that they count', async () => {
  const { fake, asked } = stores();
  const snapshot = await readMetricsSnapshot(fake, scope);
  expect(asked[0]).toBe('totals');
  expect(
    snapshot.models.map((m) => [m.config.name, m.standing?.champion, m.versions.length, m.route?.challenger]),
  ).toEqual([
    ['churn', 'v1', 1, null],
    ['fraud', undefined, 0, undefined],
  ]);
  expect(snapshot.models.map((m) => m.drill)).toEqual([drill, null]);
});

test('the source of an exporter is what the stores say', async () => {
  const samples = await storeSamples(stores().fake, scope)();
  const counted = samples.filter((s) => s.metric === 'outcomes' && s.value > 0);
  expect(counted.map((s) => s.value)).toEqual([3]);
  expect(samples.filter((s) => s.metric === 'trainingPrice').map((s) => s.labels.model)).toEqual([
    'churn',
    'fraud',
  ]);
});
