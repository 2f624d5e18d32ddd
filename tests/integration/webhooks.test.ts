import { HTTP } from 'cloudevents';
import type { CloudEvent } from 'cloudevents';
import { Registry } from 'prom-client';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { parseConfig } from '../../domain/config.ts';
import { gaugeDeliveries } from '../../infra/prometheus/delivery-gauge.ts';
import { runDeliveries } from '../../infra/webhook/run-deliveries.ts';
import { createWebhook } from '../../infra/webhook/signed-post.ts';
import { typeHere } from '../support/command-line.ts';
import { declareModel, declared } from '../support/declare-model.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../support/test-database.ts';
import { webhookReceiver } from '../support/webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const why = { by: 'ada', because: 'a test' };
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
let receiver: Awaited<ReturnType<typeof webhookReceiver>>;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  db = await openTestDatabase(postgres.databaseUrl);
  receiver = await webhookReceiver();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  vi.unstubAllEnvs();
  await receiver.close();
  await db.close();
});

type Wish = { name: string; types?: string[]; models?: string[]; tries?: number; format?: 'slack' };

/** Declares the model and these webhooks, each posted to the path of its name. */
async function declare(...webhooks: Wish[]): Promise<void> {
  await declareModel(db.stores);
  const asked = webhooks.map((webhook) => ({ ...webhook, url: `${receiver.address}/${webhook.name}` }));
  await db.stores.models.apply(parseConfig({ ...declared, webhooks: asked }), 'ada');
}

/** A worker's part, with waits that a test can sit through. @returns what was given up */
function deliver({ waitMs = 20 } = {}) {
  const stopping = new AbortController();
  const dead: unknown[] = [];
  const problems: unknown[] = [];
  const done = runDeliveries({
    deliveries: db.stores.deliveries,
    webhook: createWebhook(() => secret),
    namespace: db.namespace,
    consoleUrl: 'https://console.example.org',
    readVariable: () => undefined,
    signal: stopping.signal,
    beatMs: 20,
    waitAfterMs: () => waitMs,
    onDead: (one) => dead.push(one),
    onProblem: (error) => problems.push(error),
  });
  const stop = async () => {
    stopping.abort();
    await done;
    expect(problems).toEqual([]);
  };
  stops.push(stop);
  return { dead, stop };
}

const settled = () =>
  expect
    .poll(() => db.stores.deliveries.list({ state: 'waiting', limit: 100 }), { timeout: 30_000 })
    .toEqual([]);

const eventsAt = (path: string) =>
  receiver.at(path).map(({ headers, body }) => HTTP.toEvent({ headers, body }) as CloudEvent<{ by: string }>);

test('a webhook is told every change it asks for once: signed, and as CloudEvents that others read', async () => {
  await declare({ name: 'all' }, { name: 'champions', types: ['driftloop.champion.*'] });
  const { routes, models, tokens } = db.stores;
  await routes.promote('m', 'v1', why);
  await models.setPaused('m', true, 'ada');
  await models.setPaused('m', false, 'ada');
  const { token } = await tokens.create({
    name: 'bob',
    grants: [],
    expiresAt: null,
    by: 'ada',
    via: 'local',
  });
  await tokens.revoke(token.id, { by: 'ada', via: 'local' });
  // Two workers side by side tell nothing twice.
  deliver();
  deliver();
  await settled();

  const outbox: string[] = [];
  await db.stores.ingest.relayEvents(100, async (events) => void outbox.push(...events.map(({ id }) => id)));
  const inOrder = (events: CloudEvent<{ by: string }>[]) =>
    events.toSorted((a, b) => outbox.indexOf(a.id) - outbox.indexOf(b.id));
  const told = inOrder(eventsAt('/all'));
  expect(told.map(({ type, subject }) => [type, subject])).toEqual([
    ['driftloop.config.applied.v1', undefined],
    ['driftloop.route.changed.v1', 'm'],
    ['driftloop.champion.changed.v1', 'm'],
    ['driftloop.model.paused.v1', 'm'],
    ['driftloop.model.resumed.v1', 'm'],
    ['driftloop.token.created.v1', undefined],
    ['driftloop.token.revoked.v1', undefined],
  ]);
  for (const { headers, body } of receiver.at('/all')) {
    const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(verified).toMatchObject({ id: headers['webhook-id'], source: `/driftloop/${db.namespace}` });
  }
  expect(told.every((event) => event.validate())).toBe(true);
  expect(outbox).toEqual(expect.arrayContaining(told.map(({ id }) => id)));
  expect(eventsAt('/champions').map(({ id, data }) => [id, data])).toEqual([
    [
      told[2]!.id,
      { version: 'v1', previous: null, generation: 1, by: 'ada', because: 'a test', runId: null },
    ],
  ]);
  expect(JSON.stringify(receiver.heard)).not.toContain('dlt_');
});

test('the story of a run is told: its phases, looks of the gate, questions, holds and withdrawals', async () => {
  await declare({
    name: 'all',
    types: ['driftloop.run.*', 'driftloop.gate.*', 'driftloop.approval.*', 'driftloop.rollout.*'],
  });
  const { runs, models } = db.stores;
  const { digest: configDigest } = await models.get('m');
  const trigger = { kind: 'drift', firedAt: '2026-03-02T00:00:00.000Z', reason: 'PSI 0.4' } as const;
  await runs.begin({ id: 'r1', model: 'm', trigger, configDigest, labelledAtStart: 0 });
  const note = (key: string, phase: 'triage' | 'waiting-for-approval' | 'rollout', data?: object) =>
    runs.note('r1', {
      key,
      phase,
      sentence: `${key}.`,
      ...(data === undefined ? {} : { data: { ...data } }),
    });
  const asked = { about: 'promotion', until: null, onTimeout: null, isEscalated: false };
  const verdict = { kind: 'hold', labelsNeeded: 40, sentence: 'Not sure yet.' } as const;
  const look = { look: 1, rows: 75, challenger: 'v2', champion: 'v1', testDigest: 't', report: {}, verdict };
  // Activities are repeated: what has been told is not told again.
  for (const _ of [1, 2]) {
    await note('triaged', 'triage');
    await runs.saveEvaluation('r1', look);
    await note('asked', 'waiting-for-approval', { asked });
    await note('canary', 'rollout', { rollout: 'canary', share: 0.1 });
    await note('held', 'rollout', { rollout: 'canary', share: 0.1, heldFor: 'evidence' });
    await note('back', 'rollout', { rollout: 'withdrawn', word: 'abort' });
    await runs.end('r1', { kind: 'withdrawn', version: 'v2', sentence: 'v2 is withdrawn.' });
    await note('ended', 'rollout');
  }
  deliver();
  await settled();
  expect(eventsAt('/all').map(({ type, data }) => [type, data])).toEqual([
    ['driftloop.run.begun.v1', { runId: 'r1', trigger: 'drift', because: 'PSI 0.4' }],
    ['driftloop.run.advanced.v1', { runId: 'r1', phase: 'triage', sentence: 'triaged.' }],
    [
      'driftloop.gate.judged.v1',
      {
        runId: 'r1',
        look: 1,
        rows: 75,
        version: 'v2',
        champion: 'v1',
        verdict: 'hold',
        labelsNeeded: 40,
        sentence: 'Not sure yet.',
      },
    ],
    [
      'driftloop.approval.requested.v1',
      { runId: 'r1', about: 'promotion', until: null, isEscalated: false, sentence: 'asked.' },
    ],
    ['driftloop.rollout.moved.v1', { runId: 'r1', phase: 'canary', share: 0.1, sentence: 'canary.' }],
    [
      'driftloop.rollout.held.v1',
      { runId: 'r1', phase: 'canary', share: 0.1, heldFor: 'evidence', sentence: 'held.' },
    ],
    ['driftloop.rollout.withdrawn.v1', { runId: 'r1', sentence: 'back.' }],
    [
      'driftloop.run.ended.v1',
      { runId: 'r1', outcome: 'withdrawn', version: 'v2', sentence: 'v2 is withdrawn.' },
    ],
    ['driftloop.run.advanced.v1', { runId: 'r1', phase: 'rollout', sentence: 'ended.' }],
  ]);
});

test('an alert is told when it begins and when it is over, however often Alertmanager says so', async () => {
  await declare({ name: 'alerts', types: ['driftloop.alert.*'] });
  const alert = {
    fingerprint: 'f',
    startsAt: '2026-03-02T00:00:00.000Z',
    model: 'm',
    alertname: 'DriftloopQuality',
    labels: { kind: 'quality', level: 'detected' },
    annotations: { sentence: 'Accuracy is 0.7.' },
  };
  const firing = { ...alert, status: 'firing', endsAt: null } as const;
  const resolved = { ...alert, status: 'resolved', endsAt: '2026-03-02T01:00:00.000Z' } as const;
  expect(await db.stores.alerts.record([firing])).toHaveLength(1);
  for (const said of [firing, resolved, resolved, firing])
    expect(await db.stores.alerts.record([said])).toEqual([]);
  expect(await db.stores.alerts.list({})).toMatchObject([{ status: 'resolved', endsAt: resolved.endsAt }]);
  deliver();
  await settled();
  expect(eventsAt('/alerts').map(({ type, data }) => [type, data])).toMatchObject([
    ['driftloop.alert.fired.v1', { kind: 'quality', level: 'detected', endsAt: null }],
    ['driftloop.alert.resolved.v1', { sentence: 'Accuracy is 0.7.', endsAt: resolved.endsAt }],
  ]);
});

test('a receiver that is away is tried again with the same message, then given up: the others and Prometheus hear of it', async () => {
  await declare(
    { name: 'away', types: ['driftloop.champion.changed.v1'], tries: 3 },
    { name: 'watch', types: ['driftloop.webhook.*'] },
  );
  let isAway = true;
  receiver.answers.status = ({ path }) => (path === '/away' && isAway ? 503 : 204);
  const { dead } = deliver();
  await db.stores.routes.promote('m', 'v1', why);
  await expect.poll(() => receiver.at('/watch').length, { timeout: 30_000 }).toBe(1);
  const posts = receiver.at('/away');
  expect(posts).toHaveLength(3);
  expect(new Set(posts.map(({ body }) => body)).size).toBe(1);
  expect(new Set(posts.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  const given = { webhook: 'away', tries: 3, problem: 'It answered 503.' };
  expect(dead).toEqual([{ ...given, type: 'driftloop.champion.changed.v1' }]);
  expect(eventsAt('/watch')[0]!.data).toEqual({
    ...given,
    eventId: posts[0]!.headers['webhook-id'],
    eventType: 'driftloop.champion.changed.v1',
  });
  await settled();
  const registry = new Registry();
  gaugeDeliveries(db.stores.deliveries, { namespace: db.namespace, registry });
  const at = (webhook: string, state: string) =>
    `driftloop_webhook_deliveries{namespace="${db.namespace}",webhook="${webhook}",state="${state}"}`;
  const scraped = await registry.metrics();
  expect(scraped).toContain(`${at('away', 'dead')} 1`);
  expect(scraped).toContain(`${at('away', 'delivered')} 0`);

  isAway = false;
  expect(await db.stores.deliveries.retry('away')).toBe(1);
  await settled();
  expect(await db.stores.deliveries.list({ webhook: 'away', limit: 9 })).toMatchObject([
    { state: 'delivered', tries: 1, status: 204, problem: null },
  ]);
});

test('410 is taken at its word, and one that is slow holds up no other', async () => {
  await declare({ name: 'gone' }, { name: 'slow', tries: 10 }, { name: 'quick' });
  receiver.answers.status = ({ path }) => (path === '/gone' ? 410 : path === '/slow' ? 500 : 204);
  const { dead, stop } = deliver({ waitMs: 3_600_000 });
  await db.stores.routes.promote('m', 'v1', why);
  await expect.poll(() => receiver.at('/quick').length, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
  await expect.poll(() => dead.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
  expect(new Set(receiver.at('/gone').map(({ headers }) => headers['webhook-id'])).size).toBe(
    receiver.at('/gone').length,
  );
  await stop();
  // What waits for one that is declared no more is given up, and not posted for ever.
  await db.stores.deliveries.abandon(['quick', 'gone']);
  const left = await db.stores.deliveries.list({ webhook: 'slow', limit: 9 });
  expect(new Set(left.map(({ state, problem }) => `${state}: ${problem}`))).toEqual(
    new Set(['dead: The webhook is declared no more.']),
  );
  expect(await db.stores.deliveries.forget(new Date(Date.now() + 60_000))).toBeGreaterThan(0);
  expect(await db.stores.deliveries.list({ state: 'dead', limit: 100 })).toEqual([]);
});

test('a chat is told in words, unsigned where no secret is named, with a link to the page', async () => {
  await declare({ name: 'chat', format: 'slack', types: ['driftloop.champion.*'], models: ['m'] });
  await db.stores.routes.promote('m', 'v1', { by: 'ada', because: 'Better in <all> slices.' });
  deliver();
  await settled();
  const [{ headers, body }] = receiver.at('/chat') as [(typeof receiver.heard)[number]];
  expect(headers['webhook-signature']).toBeUndefined();
  expect(headers['content-type']).toBe('application/json');
  const message = JSON.parse(body) as { text: string; blocks: { type: string }[] };
  expect(message.text).toBe(
    '*m*: v1 is the champion. Better in &lt;all&gt; slices.\nBy ada\n<https://console.example.org/models/m|Open the page>',
  );
  expect(message.blocks.map(({ type }) => type)).toEqual([
    'header',
    'section',
    'section',
    'actions',
    'context',
  ]);
});

test('driftloop webhook: list, test, deliveries, retry', async () => {
  await declare({ name: 'team', types: ['driftloop.champion.*'], tries: 1 });
  for (const [name, value] of Object.entries({
    DATABASE_URL: db.databaseUrl,
    DRIFTLOOP_NAMESPACE: db.namespace,
    DRIFTLOOP_TEMPORAL_ADDRESS: '127.0.0.1:1',
    DRIFTLOOP_KAFKA_BROKERS: '127.0.0.1:1',
    DRIFTLOOP_PROMETHEUS_URL: 'http://127.0.0.1:1',
    DRIFTLOOP_ARTIFACTS: tempFolder(),
    DRIFTLOOP_TOKEN: 'the-token-of-the-installation',
  }))
    vi.stubEnv(name, value);
  const say = (...args: string[]) => typeHere(tempFolder(), 'webhook', ...args);
  expect(JSON.parse((await say('test', 'nobody', '--json')).err)).toMatchObject({
    error: { code: 'DL_UNKNOWN_WEBHOOK', message: 'There is no webhook "nobody"; there are team.' },
  });
  deliver();
  expect(await say('test', 'team')).toMatchObject({
    code: 0,
    out: expect.stringContaining('team answered 204.'),
  });
  expect(eventsAt('/team')).toMatchObject([
    { type: 'driftloop.webhook.tested.v1', data: { webhook: 'team' } },
  ]);
  receiver.answers.status = () => 500;
  expect(await say('test', 'team')).toMatchObject({
    code: 1,
    out: expect.stringContaining('team was not reached: It answered 500.'),
  });
  const listed = JSON.parse((await say('list', '--json')).out) as unknown[];
  expect(listed).toMatchObject([{ name: 'team', delivered: 1, dead: 1, waiting: 0 }]);
  expect((await say('deliveries', 'team', '--state', 'dead')).out).toContain('It answered 500.');
  receiver.answers.status = () => 204;
  expect((await say('retry', 'team')).out).toContain('1 events are on their way again.');
  await settled();
  expect((await say('list')).out).toMatch(/team +cloudevents +driftloop\.champion\.\* +all .* 0 +2 +0/);
});
