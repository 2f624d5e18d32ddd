import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAlertWebhook } from '../../console/alert-webhook.ts';
import { classification } from '../../domain/task.ts';
import { defineModel, parseConfig, quality } from '../../domain/config.ts';
import { number } from '../../domain/input.ts';
import type { Total } from '../../domain/ingest-ports.ts';
import type { AlertRow, Sample } from '../../domain/ports.ts';
import { writePrometheusFiles } from '../../infra/prometheus/files.ts';
import { dashboards } from '../../infra/grafana/dashboards.ts';
import { createMetricsReader } from '../../infra/prometheus/metrics-reader.ts';
import { samplesOf } from '../../monitors/metrics/samples.ts';
import { generateRules } from '../../monitors/rules/generate-rules.ts';
import { fakePeople } from '../fakes/people.ts';
import { eventually, startInstance, startMonitoring } from '../support/monitoring.ts';

const token = 'a-token-of-some-length';
const { models, seriesPerModel } = parseConfig({
  models: [
    defineModel({
      name: 'churn',
      task: classification({ labels: ['stay', 'leave'] }),
      input: { age: number() },
      watch: [quality({ metric: 'accuracy', atLeast: 0.5, window: '10s', for: '0s', minRows: 20 })],
    }),
  ],
});

/** What the database would say. */
const truth = { right: 40_000, wrong: 10_000, regret: 0 };
const source = async () => {
  const total = (a: string, b: string, value: number): Total => ({
    model: 'churn',
    version: 'v1',
    partition: 'feedback-0',
    kind: 'outcome',
    a,
    b,
    value,
  });
  return samplesOf({
    namespace: 'default',
    seriesPerModel,
    partitions: ['feedback-0', 'predictions-0'],
    totals: [total('stay', 'stay', truth.right), total('stay', 'leave', truth.wrong)],
    models: [
      {
        config: models[0]!,
        standing: {
          model: 'churn',
          champion: 'v1',
          regret: truth.regret,
          labelled: truth.right + truth.wrong,
          streams: {},
        },
        route: null,
        versions: [{ version: 'v1', number: 1, role: 'champion', promotedAt: '2026-01-01T00:00:00.000Z' }],
        references: {},
        happened: [],
        estimators: {},
        drill: null,
      },
    ],
  });
};

let monitoring: Awaited<ReturnType<typeof startMonitoring>>;
let instances: Awaited<ReturnType<typeof startInstance>>[];
let webhook: ReturnType<typeof serve>;
/** What reached the supervisor, and every post that reached the webhook. */
const signalled: { alert: AlertRow; at: number }[] = [];
const rows: AlertRow[] = [];

beforeAll(async () => {
  monitoring = await startMonitoring();
  instances = [await startInstance(source), await startInstance(source)];
  const app = createAlertWebhook({
    alerts: {
      async record(given) {
        const key = (row: AlertRow) => row.fingerprint + row.startsAt;
        const known = new Set(rows.map(key));
        rows.push(...given);
        return given.filter((row) => !known.has(key(row)));
      },
    },
    loop: {
      async alertFired(alert) {
        signalled.push({ alert, at: performance.now() });
      },
    },
    namespace: 'default',
    doorkeeper: fakePeople({ token, localUser: null }).doorkeeper,
    log: { error: (details) => expect.fail(JSON.stringify(details)) },
  });
  webhook = await new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(server));
  });
  const { port } = webhook.address() as AddressInfo;
  await monitoring.sendAlertsTo(`http://127.0.0.1:${port}/alerts`, token);
  await writePrometheusFiles(
    monitoring.folders,
    generateRules(models, { evaluationMs: 1_000 }),
    instances.map(({ address }) => ({ address })),
  );
  await monitoring.reload();
});
afterAll(async () => {
  webhook?.close();
  await Promise.all(instances?.map((instance) => instance.stop().catch(() => {})) ?? []);
  await monitoring?.stop();
});

const reader = () => createMetricsReader({ url: monitoring.url, namespace: 'default' });
const only = (samples: Sample[]) => (samples.length === 1 ? samples[0]!.value : null);
const rowsInWindow = async () => only(await reader().query('driftloop:labelled_rows:window'));
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('two instances, one restarted: every row is counted once, and the 50,000 before are not in the window', async () => {
  const up = () => reader().query('up{job="driftloop"}');
  await eventually(async () => ((await up()).filter((s) => s.value === 1).length === 2 ? true : null), {
    withinMs: 20_000,
  });
  expect(await eventually(rowsInWindow, { withinMs: 5_000 })).toBe(0);

  // 350 rows within six seconds; one instance is away for three of them.
  for (let step = 0; step < 50; step += 1) {
    truth.right += 4;
    truth.wrong += 3;
    if (step === 10) await instances[0]!.stop();
    if (step === 35) await instances[0]!.start();
    await wait(110);
  }
  await eventually(async () => ((await rowsInWindow()) === 350 ? true : null), { withinMs: 3_500 });
  expect(only(await reader().query('driftloop:champion_accuracy:window'))).toBeCloseTo(4 / 7, 12);
  const counted = await reader().query('max without (instance, job) (driftloop_outcomes_total) > 0');
  expect(counted.map((s) => s.value).toSorted()).toEqual([truth.right, truth.wrong].toSorted());
});

test('every query of the dashboards is understood, and those of quality and regret are answered', async () => {
  const chosen: Record<string, string> = {
    namespace: 'default',
    model: 'churn',
    window: '10s',
    feature: 'age',
    __rate_interval: '4s',
  };
  const answered: string[] = [];
  for (const { panels } of Object.values(dashboards))
    for (const { title, queries } of panels)
      for (const { expr } of queries) {
        const promql = expr.replaceAll(/\$(\w+)/g, (_, name: string) => chosen[name]!);
        if ((await reader().query(promql)).length > 0) answered.push(title);
      }
  expect(answered).toEqual(
    expect.arrayContaining([
      'Models',
      'Silent models',
      'Accuracy of the champions',
      'Regret, as a share of what a training is worth',
      'Accuracy by version',
      'Macro F1, precision and recall of the champion',
      'Labelled rows in the window',
      'Recall by label',
      'Champions',
      'Labelled examples',
    ]),
  );
});

test('regret reaches the supervisor within seconds, once, and its end is recorded', async () => {
  expect(signalled).toEqual([]);
  const began = performance.now();
  truth.regret = 51;
  const { alert, at } = await eventually(async () => signalled[0] ?? null, { withinMs: 10_000, everyMs: 10 });
  expect(at - began).toBeLessThan(5_000);
  expect(alert).toMatchObject({
    alertname: 'DriftloopRegret',
    model: 'churn',
    status: 'firing',
    endsAt: null,
  });
  expect(alert.labels).toMatchObject({ kind: 'regret', level: 'detected', version: 'v1' });
  expect(alert.annotations).toMatchObject({
    sentence:
      'Champion v1 of churn has made 51.0 errors more than its reference promised since it took over; a training is worth 50.',
    bound: '50',
  });

  // Without new rows there is silence too, in its own name.
  const regretful = async () =>
    (await reader().firing('churn')).filter((f) => f.labels['kind'] !== 'silence');
  const firing = await regretful();
  expect(firing.map((f) => [f.alertname, f.labels['level']])).toEqual([['DriftloopRegret', 'detected']]);
  expect(firing[0]!.annotations['sentence']).toContain('51.0');

  await wait(2_500);
  expect(signalled).toHaveLength(1);
  truth.regret = 0;
  const over = (row: AlertRow) => row.status === 'resolved' && row.fingerprint === alert.fingerprint;
  const end = await eventually(async () => rows.find(over) ?? null, { withinMs: 10_000 });
  expect(end.startsAt).toBe(alert.startsAt);
  expect(Date.parse(end.endsAt!)).toBeGreaterThan(Date.parse(end.startsAt));
  expect(await regretful()).toEqual([]);
});

test('when every instance is gone, it is silence that is said, not drift', async () => {
  await Promise.all(instances.map((instance) => instance.stop()));
  const names = async () => (await reader().firing('churn')).map((f) => f.alertname).join();
  await eventually(async () => ((await names()) === 'DriftloopNoData' ? true : null), { withinMs: 20_000 });
  expect(signalled).toHaveLength(1);
});
