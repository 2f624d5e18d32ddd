import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Kafka, logLevel } from 'kafkajs';
import { Webhook } from 'standardwebhooks';
import { bootstrapModel } from '../../cli/operate/bootstrap.ts';
import { openCsv } from '../../cli/demo/streams/csv.ts';
import { takeRows } from '../../cli/demo/streams/stream.ts';
import { loadConfig } from '../../cli/load-config.ts';
import { withTuning } from '../../cli/wiring.ts';
import { parseConfig } from '../../domain/config.ts';
import type { RoleName } from '../../cli/roles/role.ts';
import type { DriftloopConfig, ModelConfig } from '../../domain/model-config.ts';
import { eventMessage } from '../../domain/events.ts';
import { topics } from '../../domain/messages.ts';
import { startStack, type LocalStack } from '../../infra/local/stack.ts';
import { createMetricsReader } from '../../infra/prometheus/metrics-reader.ts';
import { startInstallation, type Installation } from '../support/installation.ts';
import { pythonWithClient } from '../support/python-client.ts';
import { until } from '../workflows/loop-environment.ts';

/**
 * Two namespaces on one stack, both with the model of examples/watch-only. In `alpha` the example's Python script is
 * production: there is no server of Driftloop's. `beta` hears nothing of it.
 */

const example = fileURLToPath(new URL('../../examples/watch-only', import.meta.url));
const secret = `whsec_${Buffer.from('a secret that nobody else has seen').toString('base64')}`;
const token = 'the-token-of-this-test';
const model = 'parcels';

let folder: string;
let stack: LocalStack;
let alpha: Installation;
let beta: Installation;
let team: Awaited<ReturnType<typeof startTeam>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-watch-only-'));
  stack = await startStack({
    stateDir: path.join(folder, 'stack'),
    keepData: false,
    prometheus: { scrapeIntervalMs: 1_000 },
  });
  team = await startTeam();
  const config = await exampleConfig(team.webhook);
  const artifacts = path.join(folder, 'artifacts');
  const options = { folder, token, artifacts, env: { DRIFTLOOP_HANDOVER_SECRET: secret } };
  const start = (namespace: string, roles: readonly RoleName[]) =>
    startInstallation(stack, { ...config, namespace }, { ...options, roles });
  [alpha, beta] = await Promise.all([
    start('alpha', ['monitor', 'worker', 'worker-gpu', 'console']),
    start('beta', ['monitor', 'worker', 'console']),
  ]);
  // Alertmanager tells every alert of the stack to one of them only.
  await stack.reloadAlertmanager({ webhookUrl: `${beta.address('console')}/alerts`, bearerToken: token });
  await bootstrap(config.models[0]!, artifacts);
  await team.startReceiver(alpha.address('console'));
});
afterAll(async () => {
  await Promise.all([alpha?.stop(), beta?.stop(), team?.stop()]);
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The first champion of both, trained once from the example's history. */
async function bootstrap(declared: ModelConfig, artifacts: string): Promise<void> {
  const stream = await openCsv(path.join(example, 'history.csv'), declared, { label: 'outcome' });
  const examples = await takeRows(stream, { to: 600 });
  const [rows, labels] = [examples.map(({ row }) => row), examples.map(({ label }) => label)];
  const { stores } = alpha;
  const { digest, accuracyOnTest } = await withTuning({ artifacts }, (tuning) =>
    bootstrapModel({
      model: declared,
      rows,
      labels,
      stores,
      tuning,
      person: { name: 'a test', via: 'local' },
    }),
  );
  const nobody = { parent: null, runId: null, snapshotId: null, trainSeconds: null };
  await beta.stores.versions.register({ model, digest, accuracyOnTest, ...nobody });
  await beta.stores.routes.promote(model, 'v1', { by: 'a test', because: 'the same artifact' });
}

/** The example's own config, with a webhook of the test, a short training and no cooldown. */
async function exampleConfig(webhook: string): Promise<DriftloopConfig> {
  const { config } = await loadConfig(path.join(example, 'driftloop.config.ts'));
  return parseConfig({
    ...config,
    models: config.models.map((declared) => ({
      ...declared,
      fineTune: { method: 'full', minSteps: 200, maxSteps: 600 },
      retrain: { cooldown: '1s' },
      serving: { ...declared.serving, webhook },
    })),
  });
}

type Call = { headers: Record<string, string>; body: string; answered: number };

/** The team: its webhook, which is out of order at first, behind it the example's receiver, and its production. */
async function startTeam() {
  const { python, env } = await pythonWithClient();
  const calls: Call[] = [];
  let receiver: { process: ChildProcess; address: string } | null = null;
  const server: Server = createServer((request, response) => {
    void (async () => {
      const body = await textOf(request);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
      const answered = calls.length === 0 ? 503 : await passOn(receiver!.address, headers, body);
      calls.push({ headers, body, answered });
      response.writeHead(answered).end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    webhook: `http://127.0.0.1:${(server.address() as AddressInfo).port}/driftloop`,
    calls,
    async startReceiver(console: string) {
      const child = spawn(python, [path.join(example, 'receive.py'), '0'], {
        cwd: folder,
        env: {
          ...process.env,
          ...env,
          DRIFTLOOP_HANDOVER_SECRET: secret,
          DRIFTLOOP_CONSOLE_URL: console,
          DRIFTLOOP_TOKEN: token,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      receiver = { process: child, address: line.toString().trim() };
    },
    /** The script of the example, as a user runs it. */
    async produce(namespace: string, ...args: string[]): Promise<void> {
      const given = ['--brokers', stack.addresses.kafkaBrokers, '--namespace', namespace, '--seed', '1'];
      const run = promisify(execFile);
      await run(python, [path.join(example, 'produce.py'), ...given, ...args], {
        env: { ...process.env, ...env },
      });
    },
    async stop() {
      receiver?.process.kill('SIGKILL');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

async function passOn(address: string, headers: Record<string, string>, body: string): Promise<number> {
  const kept = Object.entries(headers).filter(([name]) => name.startsWith('webhook-'));
  const response = await fetch(address, { method: 'POST', headers: Object.fromEntries(kept), body });
  return response.status;
}

const champion = async ({ stores }: Installation) => (await stores.versions.champion(model))?.version;
const labelled = ({ stores }: Installation) => stores.examples.labelled(model);
const runsOf = ({ stores }: Installation) => stores.runs.list({ model });

test('a script in another language is production: its drift is seen, and the better version handed over to it', async () => {
  await team.produce('alpha', '--rows', '400');
  await until(async () => (await labelled(alpha)) === 400, 30_000);
  expect(await runsOf(alpha)).toEqual([]);

  // The world changes. Nobody serves but the script, which goes on answering as v1 has learnt.
  await team.produce('alpha', '--rows', '600', '--world', 'new');
  await until(async () => (await runsOf(alpha))[0]?.version === 'v2', 60_000);
  await team.produce('alpha', '--rows', '200', '--world', 'new');

  await until(() => team.calls.some(({ answered }) => answered === 204), 60_000);
  const [run] = await runsOf(alpha);
  expect(run).toMatchObject({ trigger: { kind: 'regret' }, phase: 'rollout', outcome: null });
  // It was refused once, and tried again: the same message, signed anew.
  expect(team.calls.map(({ answered }) => answered)).toEqual([503, 204]);
  expect(new Set(team.calls.map(({ body }) => body)).size).toBe(1);
  expect(new Set(team.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  const story = (await alpha.stores.runs.story(run!.id)).map(({ sentence }) => sentence);
  expect(story).toContainEqual(expect.stringContaining(`${team.webhook} answered 503.`));

  const { headers, body } = team.calls[1]!;
  const event = new Webhook(secret).verify(body, headers) as Record<string, never>;
  expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow('No matching signature');
  const { digest } = await alpha.stores.versions.get(model, 'v2');
  expect(event).toMatchObject({
    specversion: '1.0',
    id: headers['webhook-id'],
    source: '/driftloop/alpha',
    type: 'driftloop.version.handover.v1',
    subject: 'parcels/v2',
    data: {
      model,
      version: 'v2',
      digest,
      runId: run!.id,
      champion: 'v1',
      metrics: { rows: expect.any(Number) },
    },
  });
  // The receiver of the example has fetched it with the token, and computed the digest itself.
  expect(await readFile(path.join(folder, 'versions/v2/DIGEST'), 'utf8')).toBe(digest);

  // The team takes its time: v1 still answers, its errors are its own, and no other run begins.
  await team.produce('alpha', '--rows', '300', '--world', 'new');
  await until(async () => (await labelled(alpha)) === 1_500, 30_000);
  expect(await champion(alpha)).toBe('v1');
  expect((await alpha.stores.examples.policyStanding(model)).regret).toBeGreaterThan(200);
  expect(await runsOf(alpha)).toHaveLength(1);

  await team.produce('alpha', '--rows', '150', '--world', 'new', '--version', 'v2', '--learnt', 'new');
  await until(async () => (await champion(alpha)) === 'v2', 30_000);
  await until(async () => (await runsOf(alpha))[0]?.outcome !== null, 10_000);
  expect((await runsOf(alpha))[0]?.outcome).toMatchObject({ kind: 'promoted', version: 'v2' });
  expect((await alpha.stores.examples.policyStanding(model)).regret).toBe(0);
});

test('a team that goes back takes the registry with it', async () => {
  await team.produce('alpha', '--rows', '150', '--world', 'new');
  await until(async () => (await champion(alpha)) === 'v1', 30_000);
  expect((await alpha.stores.versions.get(model, 'v2')).role).toBe('retired');
  // Nothing of it is still on its way when the next test counts.
  await until(async () => (await labelled(alpha)) === 1_800, 30_000);
});

test('the other namespace on the same stack has heard nothing of it', async () => {
  const query = createMetricsReader({ url: stack.addresses.prometheus, namespace: 'beta' });
  const { totals, alerts, models } = beta.stores;
  expect(await totals.eventTotals()).toMatchObject({ predictions: 0, feedback: 0, deadLettered: 0 });
  expect(await runsOf(beta)).toEqual([]);
  expect(await champion(beta)).toBe('v1');

  // The only console that Alertmanager tells is beta's: it has passed over every alert of alpha. That nobody asks
  // anything in beta may be an alert of its own by now.
  const told = await alerts.list({});
  expect(told.filter(({ labels }) => labels['namespace'] !== 'beta' || labels['kind'] === 'regret')).toEqual(
    [],
  );
  expect(await tell(beta, 'alpha')).toEqual({ received: 0, new: 0, signalled: 0, ignored: 1 });

  // What is said in one stays in it; Prometheus counts them apart.
  const all = await answered(alpha);
  await team.produce('beta', '--rows', '50');
  await until(async () => (await labelled(beta)) === 50, 30_000);
  await alpha.loop.pause(model, 'ada');
  await until(async () => (await alpha.stores.models.get(model)).paused, 10_000);
  const counted = async () => {
    const samples = await query.query('sum by (namespace) (driftloop_predictions_total)');
    return Object.fromEntries(samples.map(({ labels, value }) => [labels['namespace'], value]));
  };
  await until(async () => (await counted())['beta'] === 50, 10_000);
  expect(await counted()).toEqual({ alpha: all, beta: 50 });
  expect(await query.firing(model)).toEqual([]);
  expect((await models.get(model)).paused).toBe(false);
  expect(await runsOf(beta)).toEqual([]);

  // Each has told its own story, in its own topic.
  const story = await eventsOf('alpha', (heard) => heard.some(({ data }) => data['by'] === 'production'));
  expect(
    story
      .filter(({ type }) => ['driftloop.route.changed.v1', 'driftloop.run.ended.v1'].includes(type))
      .map(({ data }) => data),
  ).toMatchObject([
    { champion: 'v1', runId: null },
    { champion: 'v2', by: 'driftloop' },
    { outcome: 'promoted', version: 'v2' },
    { champion: 'v1', by: 'production' },
  ]);
  const others = await eventsOf('beta', (heard) =>
    heard.some(({ type }) => type === 'driftloop.route.changed.v1'),
  );
  expect(new Set(others.map(({ source }) => source))).toEqual(new Set(['/driftloop/beta']));
  expect(others.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['driftloop.version.registered.v1', 'driftloop.route.changed.v1']),
  );

  const artifact = (at: Installation) =>
    fetch(`${at.address('console')}/api/models/${model}/versions/v2/artifact`, {
      headers: { authorization: `Bearer ${token}` },
    });
  expect((await artifact(alpha)).status).toBe(200);
  expect((await artifact(beta)).status).toBe(404);
});

const answered = async ({ stores }: Installation) =>
  Object.values(await stores.examples.answered(model)).reduce((sum, n) => sum + n, 0);

type Told = { type: string; source: string; data: Record<string, unknown> };

/** What stands in a namespace's topic of events, as soon as it is all there. */
async function eventsOf(namespace: string, isAll: (heard: readonly Told[]) => boolean): Promise<Told[]> {
  const kafka = new Kafka({ brokers: [...alpha.environment.kafka.brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `${namespace}.a-team-that-listens` });
  const heard: Told[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topics(namespace).events], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const event = JSON.parse(message.value!.toString()) as Told;
      eventMessage.parse(event);
      heard.push(event);
    },
  });
  await until(() => isAll(heard), 20_000);
  await consumer.disconnect();
  return heard;
}

/** Posts an alert about the model of a namespace to a console, as Alertmanager would. */
async function tell(at: Installation, namespace: string): Promise<unknown> {
  const labels = { alertname: 'DriftloopRegret', namespace, model, kind: 'regret', level: 'detected' };
  const alert = { status: 'firing', labels, startsAt: new Date().toISOString(), fingerprint: 'f1' };
  const response = await fetch(`${at.address('console')}/alerts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ alerts: [alert] }),
  });
  return response.json();
}
