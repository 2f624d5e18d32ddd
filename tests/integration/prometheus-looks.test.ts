import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJudgeActivities } from '../../activities/judge-step.ts';
import { parseConfig } from '../../domain/config.ts';
import type { RolloutConfig } from '../../domain/rollout-config.ts';
import type { Stage } from '../../domain/rollout.ts';
import { writePrometheusFiles } from '../../infra/prometheus/files.ts';
import { createMetricsReader } from '../../infra/prometheus/metrics-reader.ts';
import { eventually, startMonitoring } from '../support/monitoring.ts';

/** Looks at a rollout through a real Prometheus that scrapes a server of ours, and what becomes of them on bad days. */

const canary: Stage = { phase: 'canary', step: 0, share: 0.1 };
const began = Date.now();
/** Which text the server shows; without one its scrapes fail. */
const server = { shown: healthy as (() => string) | null };

/** What a healthy server has counted: fifty requests a second in each arm, all of them quick. */
function healthy(): string {
  const count = Math.floor((Date.now() - began) / 20);
  const arms = [
    { version: 'v2', arm: 'challenger' },
    // Two of three of its entities are lost.
    { version: 'v6', arm: 'challenger' },
    { version: 'v1', arm: 'baseline' },
    { version: 'v1', arm: 'champion' },
  ].flatMap(({ version, arm }) => {
    const on = `namespace="default",model="m",version="${version}",arm="${arm}"`;
    return [
      `driftloop_requests_total{${on},code="200"} ${count}`,
      `driftloop_instances_total{${on}} ${count}`,
      `driftloop_trial_units_total{${on}} ${Math.floor(version === 'v6' ? count / 3 : count)}`,
      `driftloop_invalid_outputs_total{${on}} 0`,
      ...['0.01', '0.1', '+Inf'].map((le) => `driftloop_request_seconds_bucket{${on},le="${le}"} ${count}`),
    ];
  });
  const model = 'namespace="default",model="m"';
  return [
    ...arms,
    `driftloop_route_generation{${model}} 3`,
    ...['v2', 'v6'].map(
      (version) => `driftloop_version_loaded{${model},version="${version}",role="challenger"} 1`,
    ),
    'refunds{version="v2",shop="north"} 0.01',
    'refunds{version="v2",shop="south"} 0.015',
    'bounces{version="v2",shop="north"} 0.01',
    'bounces{version="v2",shop="south"} NaN',
    // Read more than three minutes ago, as when nothing is scraped any more.
    `driftloop_requests_total{${model},version="v5",arm="challenger",code="200"} 900 ${began - 200_000}`,
    '',
  ].join('\n');
}

let monitoring: Awaited<ReturnType<typeof startMonitoring>>;
let target: Server;
beforeAll(async () => {
  monitoring = await startMonitoring();
  target = createServer((_, response) => {
    if (server.shown === null) response.writeHead(503).end();
    else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(server.shown());
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const { port } = target.address() as AddressInfo;
  await writePrometheusFiles(monitoring.folders, { groups: [] }, [{ address: `127.0.0.1:${port}` }]);
  await eventually(async () => ((await look()).judgement.kind === 'successful' ? true : null), {
    withinMs: 60_000,
  });
});
afterAll(async () => {
  target?.close();
  await monitoring?.stop();
});

type Wish = {
  metrics?: Partial<RolloutConfig['metrics'][number]>[];
  url?: string;
  timeoutMs?: number;
  version?: string;
  entity?: string;
};

async function look({
  metrics = [],
  url = monitoring.url,
  timeoutMs = 5_000,
  version = 'v2',
  entity,
}: Wish = {}) {
  const config = parseConfig({
    models: [
      {
        name: 'm',
        task: { kind: 'classification', labels: ['a', 'b'] },
        input: { x: { kind: 'number' } },
        ...(entity === undefined ? {} : { entity }),
        rollout: { minSamples: 100, every: '1s', metrics },
      },
    ],
  }).models[0]!;
  const ports = {
    models: { getPinned: async () => config },
    routes: { get: async () => ({ champion: { version: 'v1' } }) },
    metrics: createMetricsReader({ url, namespace: 'default', timeoutMs }),
    runs: { saveRolloutLook: async () => {} },
  };
  const { judgeStep } = createJudgeActivities(ports as never, { namespace: 'default' });
  const step = { model: 'm', runId: 'r', configDigest: 'c', version, champion: 'v1' };
  const phase = { stage: canary, arrivals: null, sinceMs: began, begunMs: began };
  return await judgeStep({ ...step, ...phase });
}

const refunds = {
  name: 'refunds',
  query: 'refunds{version="{{version}}"}',
  success: '< 0.02',
  failure: '> 0.05',
};

test('a healthy challenger is seen as one, by the counters and by the metrics of the team', async () => {
  const { judgement, checks, ready } = await look({ metrics: [refunds] });
  expect(judgement, JSON.stringify(checks)).toMatchObject({ kind: 'successful' });
  expect(ready).toBe(1);
  expect(checks.map(({ check, kind }) => [check, kind])).toEqual([
    ['sample ratio', 'successful'],
    ['errors', 'successful'],
    ['latency', 'successful'],
    ['invalid answers', 'successful'],
    ['quality', 'inconclusive'],
    ['refunds', 'successful'],
  ]);
});

test('where arms are sticky by entity, entities are counted, and lost ones are an error', async () => {
  const split = async (version: string) => (await look({ entity: 'customer', version })).checks[0]!;
  expect(await split('v2')).toMatchObject({
    check: 'sample ratio',
    kind: 'successful',
    sentence: expect.stringMatching(/of \d+ entities of both samples/),
  });
  expect(await split('v6')).toMatchObject({
    kind: 'error',
    sentence: expect.stringMatching(/^The samples are not as they were drawn: the challenger got 2\d/),
  });
  // By request they are of one size.
  expect((await look({ version: 'v6' })).checks[0]).toMatchObject({ kind: 'successful' });
});

test('a window and the champion can be asked for', async () => {
  const growth = {
    name: 'growth',
    query:
      'sum(increase(driftloop_requests_total{model="{{model}}",namespace="{{namespace}}",version="{{champion}}"}[{{window}}]))',
    success: '> 100',
  };
  expect((await look({ metrics: [growth] })).judgement.kind).toBe('successful');
});

test.each([
  ['finds nothing', { query: 'refunds{version="v9"}' }, 'inconclusive'],
  ['is NaN', { query: '0 * bounces{version="v2",shop="south"}' }, 'inconclusive'],
  ['is NaN in one shop of two', { query: 'bounces{version="v2"}' }, 'inconclusive'],
  ['divides by nothing', { query: 'refunds / 0' }, 'failed'],
  ['is between both conditions', { query: 'refunds + 0.03' }, 'inconclusive'],
  ['is bad in one shop of two', { query: 'refunds * 4' }, 'failed'],
  ['is no PromQL', { query: 'refunds{' }, 'error'],
])('a metric of the team that %s is no success', async (_, change, kind) => {
  expect((await look({ metrics: [{ ...refunds, ...change }] })).judgement.kind).toBe(kind);
});

test('a Prometheus that is slow is an error, whatever it would have said', async () => {
  const slow = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on('data', (part: Buffer) => body.push(part));
    request.on('end', () => {
      const forward = async () => {
        const answer = await fetch(`${monitoring.url}${request.url}`, {
          method: 'POST',
          body: Buffer.concat(body),
          headers: { 'content-type': request.headers['content-type']! },
        });
        const text = await answer.text();
        setTimeout(() => response.writeHead(answer.status).end(text), 2_000);
      };
      forward().catch((cause) => response.destroy(cause));
    });
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    expect((await look({ url, timeoutMs: 300 })).judgement).toMatchObject({
      kind: 'error',
      sentence: expect.stringMatching('did not answer within 300 ms'),
    });
    expect((await look({ url, timeoutMs: 60_000 })).judgement.kind).toBe('successful');
  } finally {
    slow.closeAllConnections();
    slow.close();
  }
});

test('counts that nobody has read for long are an error', async () => {
  expect((await look({ version: 'v5' })).judgement).toMatchObject({
    kind: 'error',
    sentence: expect.stringMatching(/^The newest count of requests to v5 is \d{3} seconds old\.$/),
  });
});

test('a server that is gone is an error, until it is back', async () => {
  const sees = (kind: string) =>
    eventually(async () => ((await look()).judgement.kind === kind ? true : null), { withinMs: 60_000 });
  server.shown = null;
  await sees('error');
  expect((await look()).judgement.sentence).toBe('Prometheus has no series of requests to v2.');
  server.shown = healthy;
  await sees('successful');
});

test('a Prometheus that is down is an error', async () => {
  await monitoring.stop();
  expect((await look({ metrics: [refunds] })).judgement).toMatchObject({
    kind: 'error',
    sentence: expect.stringMatching('cannot be asked'),
  });
});
