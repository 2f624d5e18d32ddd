import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readEnvironment } from '../../cli/environment.ts';
import type { Environment } from '../../cli/environment.ts';
import { start as startConsole } from '../../cli/roles/console.ts';
import { createDoor } from '../../cli/roles/door.ts';
import { drain, listen } from '../../cli/roles/listen.ts';
import type { Role, StartRole } from '../../cli/roles/role.ts';
import { start as startServer } from '../../cli/roles/server.ts';
import type { WaitFor } from '../../cli/roles/wait-for.ts';
import { assets } from '../../console/assets.ts';
import { checkChain } from '../../domain/audit.ts';
import type { AuditRow } from '../../domain/audit.ts';
import { parseConfig } from '../../domain/config.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { Log } from '../../domain/log-events.ts';
import { everyModel, rolesWith } from '../../domain/person.ts';
import type { Right } from '../../domain/person.ts';
import type { Loop } from '../../domain/ports.ts';
import type { RolloutStanding } from '../../domain/rollout.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { withClient } from '../../infra/postgres/connect.ts';
import { sha256 } from '../../infra/postgres/digests.ts';
import { stateTables } from '../../infra/postgres/state-tables.ts';
import { runTrainingJob } from '../../training/run-training-job.ts';
import { tabularSettings } from '../../training/tabular/settings.ts';
import { askedByBob, comers, makeEverybody } from '../support/everybody.ts';
import type { Comer } from '../support/everybody.ts';
import { prediction, startFeed } from '../support/ingest-feed.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../support/test-database.ts';

/**
 * Every route of the console and of the model server, and everybody who may stand before it: over HTTP, through the
 * roles as they are started, with real tokens in a real PostgreSQL. Kafka, Prometheus and the team's login are away;
 * and the loop, which is behind Temporal, only hears what it is told, so that nothing but the doors decides.
 */
const installation = 'the-token-of-the-installation';
const model = 'meter';
/** It has images to show. */
const pictures = 'photos';
const pixel = `data:image/png;base64,${Buffer.from('a picture').toString('base64')}`;
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
let folder: string;
let everybody: Record<Comer, string | undefined>;
let addresses: Record<'console' | 'server', string>;
let routes: Record<'console' | 'server', string[]>;
let row: string;
const closing: (() => Promise<unknown>)[] = [];
const told: string[] = [];
/** By the path, what was answered with a failure of ours. */
const failed: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-doors-'));
  postgres = await startTestPostgres();
  db = await openTestDatabase(postgres.databaseUrl);
  const { stores, namespace } = db;
  const task = { kind: 'classification', labels: ['UP', 'DOWN'] };
  const declared = [
    ...[model, 'another'].map((name) => ({ name, task, input: { price: { kind: 'number' } } })),
    { name: pictures, task, input: { photo: { kind: 'image', width: 8, height: 8, channels: 1 } } },
  ];
  const config = parseConfig({ namespace, models: declared });
  const { digest: configDigest } = await stores.models.apply(config, 'a test');
  await stores.runs.begin({ id: 'r1', model, trigger: askedByBob, configDigest, labelledAtStart: 0 });
  await stores.runs.update('r1', { phase: 'waiting-for-approval' });
  everybody = await makeEverybody(stores.tokens, installation);

  const { digest } = await createFolderStore(path.join(folder, 'artifacts')).put(
    await trained(config.models.find(({ name }) => name === model)!),
  );
  const made = { parent: null, runId: null, snapshotId: null, trainSeconds: null, accuracyOnTest: null };
  await stores.versions.register({ model, digest, ...made });
  await stores.routes.promote(model, 'v1', { by: 'bob', because: 'the first' });
  const shown = prediction({ model: pictures, input: { photo: pixel }, label: 'UP' });
  row = shown.predictionId;
  await startFeed(db).predictions(shown);
  // Whether it may be picked, or has to be drawn, is up to chance.
  const asked = (['chosen', 'random'] as const).map((reason) => ({
    predictionId: row,
    reason,
    because: 'a test',
    worth: 0.5,
  }));
  expect(await stores.teach.enqueue(pictures, asked, 'bob')).toBe(1);

  for (const [name, value] of Object.entries({
    DRIFTLOOP_SPOOL: path.join(folder, 'spool'),
    DRIFTLOOP_ROUTE_FILE: path.join(folder, 'routes.json'),
    DRIFTLOOP_CONSOLE_URL: 'https://console.example.org',
    DRIFTLOOP_OIDC_ISSUER: 'http://127.0.0.1:1',
    DRIFTLOOP_OIDC_CLIENT_ID: 'the console',
    DRIFTLOOP_OIDC_ROLES: 'ml-admins=admin',
  }))
    vi.stubEnv(name, value);
  const environment = readEnvironment(
    {
      DATABASE_URL: db.databaseUrl,
      DRIFTLOOP_NAMESPACE: namespace,
      DRIFTLOOP_TEMPORAL_ADDRESS: '127.0.0.1:1',
      DRIFTLOOP_KAFKA_BROKERS: '127.0.0.1:1',
      DRIFTLOOP_PROMETHEUS_URL: 'http://127.0.0.1:1',
      DRIFTLOOP_ARTIFACTS: path.join(folder, 'artifacts'),
      DRIFTLOOP_TOKEN: installation,
    },
    null,
  );
  const console = await open(startConsole, environment);
  const server = await open(startServer, environment);
  addresses = { console: console.address, server: server.address };
  routes = { console: routesOf(console.app), server: routesOf(server.app) };
  await vi.waitFor(async () => expect((await fetch(`${addresses.server}/readyz`)).status).toBe(200), {
    timeout: 60_000,
  });
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
  vi.unstubAllEnvs();
  await db?.close();
  await postgres?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** A version of the model that has hardly learnt anything. */
async function trained({ name, task, input }: ModelConfig): Promise<string> {
  const rows = Array.from({ length: 40 }, (_, price) =>
    JSON.stringify({ input: { price }, label: price < 20 ? 'UP' : 'DOWN' }),
  ).join('\n');
  const [file, outFolder] = [path.join(folder, 'rows.jsonl'), path.join(folder, 'v1')];
  await writeFile(file, rows);
  await runTrainingJob(
    {
      model: { name, task, input },
      training: {
        kind: 'table',
        settings: tabularSettings({ method: 'full', hidden: [2], minSteps: 10, maxSteps: 10 }),
        search: null,
        warmStart: null,
      },
      trainFile: file,
      validationFile: file,
      outFolder,
      lineage: {},
    },
    { onProgress: () => {} },
  );
  return outFolder;
}

/** A role as it is started, on a port of its own. */
async function open(
  start: StartRole,
  environment: Environment,
): Promise<{ address: string; app: Role['app'] }> {
  const ending = new AbortController();
  const quiet = { debug() {}, info() {}, warn() {} };
  const error = (fields: { path?: string; code?: string }) => failed.push(`${fields.path} ${fields.code}`);
  const role = await start({
    environment,
    log: { ...quiet, error } as unknown as Log,
    libraryLog: { ...quiet, error() {} },
    tracing: null,
    waitFor,
    beside: (work) => void work.catch((cause: unknown) => failed.push(String(cause))),
    ending: ending.signal,
  });
  closing.push(() => role.stop());
  const door = createDoor({ missing: () => [], isLeaving: () => false });
  door.open(role);
  const server = await listen(door.answer, { port: 0, host: '127.0.0.1' });
  closing.push(async () => {
    ending.abort();
    await drain(server);
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, app: role.app };
}

/** PostgreSQL is there, the loop hears, and what else there is never comes. */
const waitFor: WaitFor = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  if (what === 'PostgreSQL') return work();
  if (what === 'Temporal') return { loop, close: async () => {} } as T;
  return new Promise<T>(() => {});
};

const hear = (verb: string) => async () => {
  told.push(verb);
};
const loop: Loop = {
  ensureSupervisor: hear('supervisor'),
  alertFired: hear('alert'),
  requestRun: async () => {
    told.push('start');
    return { runId: 'r2' };
  },
  decide: async (_, { kind }) => void told.push(kind),
  force: hear('force'),
  steer: async (_, { kind }) => void told.push(`${kind} rollout`),
  rollout: async () => standing,
  pause: hear('pause'),
  resume: hear('resume'),
};

const standing: RolloutStanding = {
  runId: 'r1',
  version: 'v2',
  champion: 'v1',
  rollout: { phase: 'bake', errors: 0, ready: 1, hold: null },
  since: '2026-03-02T00:00:00.000Z',
  seen: null,
};

/** What is served, without the middleware in front of it. */
const routesOf = (app: Role['app']): string[] => [
  ...new Set(
    (app as Hono).routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`),
  ),
];

type Door = Readonly<{
  app: 'console' | 'server';
  route: string;
  /** What it asks for; `anybody` for doors without a token, `anybody known` for what shows each what is theirs. */
  asks: Right | 'anybody' | 'anybody known';
  of?: string;
  body?: unknown;
}>;
const about = { instances: [{ price: 1 }] };
const tensors = { inputs: [{ name: 'price', shape: [1], datatype: 'FP64', data: [1] }] };
const boundTo = { artifact: null, report: null, test: null, policy: 'p' };
const given = { predictionId: '019a8f00-0000-7000-8000-000000000001', kind: 'label', value: 'UP' };
const answer = {
  id: 'a',
  predictionId: given.predictionId,
  kind: 'skip',
  at: '2026-03-02T12:00:00.000Z',
};
const at = (app: Door['app'], route: string, asks: Door['asks'], more: Partial<Door> = {}): Door => ({
  app,
  route,
  asks,
  ...more,
});

const doors: readonly Door[] = [
  at('console', 'GET /healthz', 'anybody'),
  at('console', 'GET /readyz', 'anybody'),
  at('console', 'GET /metrics', 'anybody'),
  at('console', 'GET /assets/:name', 'anybody'),
  at('console', 'POST /login', 'anybody'),
  at('console', 'GET /login/oidc', 'anybody'),
  at('console', 'GET /login/oidc/callback', 'anybody'),
  at('console', 'POST /logout', 'anybody known'),
  // Where `?token=` is taken off the address; without one it lets pass.
  at('console', 'GET /*', 'anybody known'),
  at('console', 'POST /alerts', 'alert', { of: everyModel, body: { alerts: [] } }),
  at('console', 'GET /', 'anybody known'),
  at('console', 'GET /api/models', 'anybody known'),
  at('console', 'GET /live', 'anybody known'),
  at('console', 'GET /approve', 'anybody known'),
  at('console', 'GET /rollouts', 'anybody known'),
  at('console', 'GET /api/audit', 'audit', { of: everyModel }),
  at('console', 'GET /audit', 'audit', { of: everyModel }),
  at('console', 'GET /audit/export', 'audit', { of: everyModel }),
  at('console', 'GET /settings', 'anybody known'),
  at('console', 'POST /settings/tokens', 'people', { of: everyModel }),
  at('console', 'POST /settings/tokens/:id/revoke', 'people', { of: everyModel }),
  at('console', 'GET /teach', 'anybody known'),
  at('console', 'GET /models/:name/teach', 'view'),
  at('console', 'GET /models/:name/teach/:row/image', 'view'),
  at('console', 'GET /models/:name/teach/label-studio', 'teach'),
  at('console', 'POST /models/:name/teach', 'teach'),
  at('console', 'POST /api/models/:name/labels', 'teach', { body: { answers: [answer] } }),
  at('console', 'GET /models/:name', 'view'),
  at('console', 'GET /api/models/:name', 'view'),
  at('console', 'GET /api/models/:name/history', 'view'),
  at('console', 'GET /models/:name/policy', 'view'),
  at('console', 'GET /models/:name/versions', 'view'),
  at('console', 'GET /api/models/:name/versions/compare', 'view'),
  at('console', 'POST /models/:name/versions/:version/drill', 'rollback'),
  at('console', 'POST /models/:name/versions/:version/rollback', 'rollback'),
  at('console', 'GET /api/models/:name/versions/:version/artifact', 'view'),
  at('console', 'GET /api/models/:name/versions/:version/artifact/:path{.+}', 'view'),
  at('console', 'GET /api/runs/:id', 'view'),
  at('console', 'GET /api/runs/:id/dossier', 'view'),
  at('console', 'GET /runs/:id', 'view'),
  at('console', 'GET /runs/:id/approve', 'view'),
  ...['', '/api'].flatMap((under) => [
    at('console', `GET ${under}/models/:name/rollout`, 'view'),
    at('console', `POST ${under}/models/:name/rollout/pause`, 'pause'),
    at('console', `POST ${under}/models/:name/rollout/resume`, 'resume'),
    at('console', `POST ${under}/models/:name/rollout/skip`, 'start', { body: { reason: 'needed' } }),
    at('console', `POST ${under}/models/:name/rollout/abort`, 'rollback', { body: { reason: 'harm' } }),
    at('console', `POST ${under}/models/:name/runs`, 'start'),
    at('console', `POST ${under}/models/:name/pause`, 'pause'),
    at('console', `POST ${under}/models/:name/resume`, 'resume'),
    at('console', `POST ${under}/runs/:id/force`, 'force', { body: { reason: 'needed' } }),
  ]),
  at('console', 'POST /runs/:id/decide', 'decide'),
  at('console', 'POST /api/runs/:id/approve', 'decide', { body: { reason: 'good', boundTo } }),
  at('console', 'POST /api/runs/:id/reject', 'decide', { body: { reason: 'bad' } }),
  at('server', 'GET /healthz', 'anybody'),
  at('server', 'GET /readyz', 'anybody'),
  at('server', 'GET /metrics', 'anybody'),
  at('server', 'POST /v1/models/:target', 'predict', { body: about }),
  at('server', 'POST /v1/chat/completions', 'predict', {
    body: { model, messages: [{ role: 'user', content: 'hello' }] },
  }),
  at('server', 'POST /v1/feedback', 'feedback', { of: everyModel, body: given }),
  at('server', 'GET /v1/models', 'anybody known'),
  at('server', 'GET /v1/models/:model', 'view'),
  ...['versions', 'labels'].flatMap((named) => [
    at('server', `POST /v1/models/:model/${named}/:target`, 'predict', { body: about }),
    at('server', `GET /v1/models/:model/${named}/:${named.slice(0, -1)}`, 'view'),
    at('server', `GET /v1/models/:model/${named}/:${named.slice(0, -1)}/metadata`, 'view'),
  ]),
  at('server', 'GET /v1/models/:model/metadata', 'view'),
  at('server', 'GET /openapi.json', 'anybody'),
  at('server', 'GET /v2/health/live', 'anybody'),
  at('server', 'GET /v2/health/ready', 'anybody'),
  at('server', 'GET /v2', 'anybody known'),
  at('server', 'GET /v2/', 'anybody known'),
  ...['', '/versions/:version'].flatMap((named) => [
    at('server', `GET /v2/models/:model${named}`, 'view'),
    at('server', `GET /v2/models/:model${named}/ready`, 'view'),
    at('server', `POST /v2/models/:model${named}/infer`, 'predict', { body: tensors }),
  ]),
];

/** The path of a door with everything in its place: there is such a run, version, label, row and file. */
function pathOf({ route }: Pick<Door, 'route'>): string {
  const pattern = route.split(' ')[1]!;
  const [asset] = assets.keys();
  const name = pattern.startsWith('/assets') ? asset! : pattern.includes(':row') ? pictures : model;
  const filled = pattern
    .replace('versions/:target', 'versions/v1:predict')
    .replace('labels/:target', 'labels/champion:predict')
    .replace(':target', `${model}:predict`)
    .replace(/:name|:model/, name)
    .replace(':version', 'v1')
    .replace(':label', 'champion')
    .replace(':row', row)
    .replace(':path{.+}', 'driftloop.json')
    .replace(':id', 'r1')
    .replace('*', 'nowhere');
  expect(filled).not.toMatch(/\/:/);
  return pattern.endsWith('/compare') ? `${filled}?a=v1&b=v1` : filled;
}

/** Asks a role over HTTP, and follows it nowhere. */
const ask = (app: Door['app'], where: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${addresses[app]}${where}`, { redirect: 'manual', ...init });

/** A request to a door by somebody. */
function knock(door: Door, secret: string | undefined, headers: Record<string, string> = {}) {
  const { app, route, body } = door;
  const [method = '', pattern = ''] = route.split(' ');
  const isForm =
    method === 'POST' && app === 'console' && !pattern.startsWith('/api') && pattern !== '/alerts';
  return ask(app, pathOf(door), {
    method,
    headers: {
      ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
      ...(isForm ? { accept: 'text/html' } : {}),
      ...headers,
    },
    ...(method === 'POST'
      ? { body: isForm ? new URLSearchParams({ kind: 'reject', reason: 'bad' }) : JSON.stringify(body ?? {}) }
      : {}),
  });
}

const unknowns: Partial<Record<Comer, string>> = {
  nobody: 'DL_UNAUTHORISED',
  garbage: 'DL_UNAUTHORISED',
  expired: 'DL_TOKEN_EXPIRED',
  revoked: 'DL_TOKEN_REVOKED',
};

/** Whether somebody known may come through, and otherwise by which code they are kept out. */
function expected({ app, route, asks, of = model }: Door, comer: Comer): string | null {
  if (asks === 'anybody') return null;
  if (unknowns[comer] !== undefined) return unknowns[comer];
  if (asks === 'anybody known') return null;
  if (comer === 'installation')
    return ['predict', 'feedback', 'alert', 'view'].includes(asks) ? null : 'DL_FORBIDDEN';
  if (comer === 'admin of another model') return of === model || of === everyModel ? 'DL_OTHER_MODEL' : null;
  const mayKnowStatus = app === 'server' && route.startsWith('GET') && comer === 'client';
  return rolesWith(asks).includes(comer as never) || mayKnowStatus ? null : 'DL_FORBIDDEN';
}

test('every route of the console and of the server has its row here', () => {
  for (const app of ['console', 'server'] as const)
    expect(routes[app].toSorted()).toEqual(
      doors
        .filter((door) => door.app === app)
        .map((door) => door.route)
        .toSorted(),
    );
});

describe.each(doors)('$app $route asks for $asks', (door) => {
  test.each(comers)('%s', async (comer) => {
    const before = told.length;
    const answer = await knock(door, everybody[comer]);
    const code = expected(door, comer);
    if (code === null) {
      // A form without a session has no CSRF token to show, and none is asked of a bearer.
      expect([401, 403]).not.toContain(door.route.includes('/login') ? 0 : answer.status);
      if (door.route !== 'GET /login/oidc') expect(answer.status).toBeLessThan(500);
      // What goes on for ever ends here.
      await answer.body?.cancel();
      return;
    }
    const text = await answer.text();
    expect([401, 403]).toContain(answer.status);
    // A page for people says the code; what asks who they are says it in words.
    const isLoginPage = answer.status === 401 && text.startsWith('<!doctype');
    if (!isLoginPage) expect(text).toContain(code);
    expect(told.length).toBe(before);
  });
});

test('what was let through was let through to the loop: the matrix is not empty', () => {
  const times = (verb: string) => told.filter((heard) => heard === verb).length;
  // Each by the pages and by the API.
  expect(times('start')).toBe(2 * 2);
  expect(times('pause')).toBe(2 * 3);
  expect(times('resume')).toBe(2 * 2);
  expect(times('force')).toBe(2);
  // Each by the pages and by the API: who may pause, resume, start and roll back.
  expect(['pause', 'resume', 'skip', 'abort'].map((word) => times(`${word} rollout`))).toEqual([6, 4, 4, 6]);
  expect([times('approve'), times('reject')]).toEqual([2, 2 * 2]);
});

test('whoever may see one model only finds no other', async () => {
  const olga = everybody['admin of another model'];
  const api = await knock(at('console', 'GET /api/models', 'view'), olga);
  expect(((await api.json()) as { models: { name: string }[] }).models.map(({ name }) => name)).toEqual([
    'another',
  ]);
  const page = await (await knock(at('console', 'GET /', 'view'), olga, { accept: 'text/html' })).text();
  expect(page).toContain('another');
  expect(page).not.toContain(model);
  const served = await knock(at('server', 'GET /v1/models', 'view'), olga);
  expect(await served.json()).toEqual({ models: ['another'] });
  const client = await knock(at('console', 'GET /api/models', 'view'), everybody.client);
  expect(await client.json()).toEqual({ models: [] });
});

test('a session comes through the same doors as its token, asks for CSRF at each POST, and ends with the token', async () => {
  const { token, secret } = await db.stores.tokens.create({
    name: 'vic',
    grants: [{ role: 'viewer', model: everyModel }],
    expiresAt: null,
    by: 'bob',
    via: 'local',
  });
  const entered = await ask('console', `/?token=${secret}`, { headers: { accept: 'text/html' } });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  const page = await (await ask('console', `/models/${model}`, { headers: { cookie } })).text();
  expect(page).not.toContain('Pause retraining');
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)![1]!;
  for (const door of doors.filter(({ app, route }) => app === 'console' && route.startsWith('POST'))) {
    if (door.asks === 'anybody' || door.asks === 'alert' || door.route === 'POST /logout') continue;
    const without = await knock(door, undefined, { cookie });
    expect([without.status, (await without.text()).includes('DL_CSRF')]).toEqual([403, true]);
    const withIt = await knock(door, undefined, { cookie, 'x-driftloop-csrf': csrf });
    expect([withIt.status, (await withIt.text()).includes('DL_FORBIDDEN')]).toEqual([403, true]);
  }
  await db.stores.tokens.revoke(token.id, { by: 'bob', via: 'local' });
  expect((await ask('console', '/api/models', { headers: { cookie } })).status).toBe(401);
});

test('no GET changes anything: not a row, and nothing is said to the loop', async () => {
  const state = () =>
    withClient(db, async (client) => {
      const seen: Record<string, string> = {};
      for (const { name } of await stateTables(client)) {
        // When a token was last used, and who was refused, is all that looking leaves.
        if (['tokens', 'audit', 'sessions'].includes(name)) continue;
        const { rows } = await client.query<{ row: string }>(
          `select t::text as row from "${name}" t order by 1`,
        );
        seen[name] = rows.map(({ row }) => row).join('\n');
      }
      return seen;
    });
  const before = [await state(), told.length];
  const unreached: string[] = [];
  const asked = [
    ['GET', ''],
    ['GET', 'kind=approve&reason=good'],
    ['GET', 'csrf=x&method=POST'],
    ['HEAD', ''],
  ] as const;
  for (const door of doors) {
    const isGet = door.route.startsWith('GET');
    // Behind a door for POST alone there is nothing to reach.
    for (const [method, query] of isGet ? asked : asked.slice(1, 2)) {
      const where = pathOf(door);
      const answer = await ask(door.app, `${where}${where.includes('?') ? '&' : '?'}${query}`, {
        method,
        headers: { authorization: `Bearer ${everybody.admin}` },
      });
      await answer.body?.cancel();
      if (isGet && answer.status !== 200) unreached.push(`${answer.status} ${where}`);
    }
  }
  expect(await state()).toEqual(before[0]);
  expect(told.length).toBe(before[1]);
  // Every GET came as far as its answer, but for those of the login that is away and of what is nowhere.
  expect([...new Set(unreached)].filter((line) => !/ \/(login\/|nowhere)/.test(line))).toEqual([]);
});

test('who may read the audit log reads it without a database; of one model, who may read about that one', async () => {
  const read = (where: string, comer: Comer) =>
    ask('console', `/api/audit${where}`, { headers: { authorization: `Bearer ${everybody[comer]}` } });
  const { rows } = (await (await read('?limit=3', 'approver')).json()) as { rows: AuditRow[] };
  expect(rows).toEqual(await db.stores.audit.list({ limit: 3 }));
  expect((await read('?model=another', 'admin of another model')).status).toBe(200);
  expect((await read(`?model=${model}`, 'admin of another model')).status).toBe(403);
  expect((await read('?limit=0', 'admin')).status).toBe(400);
});

test('nothing failed of ours but the login that is away', () => {
  expect([...new Set(failed)]).toEqual(['/login/oidc DL_LOGIN_UNREACHABLE']);
});

test('every kind of refusal is in the audit log, with who and why, and its chain is whole', async () => {
  const rows = await db.stores.audit.list({ limit: 10_000 });
  const refused = new Set(
    rows.filter((row) => row.refused !== null).map((row) => `${row.by}: ${row.refused}`),
  );
  for (const line of [
    'nobody: DL_UNAUTHORISED',
    'eve: DL_TOKEN_EXPIRED',
    'rex: DL_TOKEN_REVOKED',
    'installation: DL_FORBIDDEN',
    'the viewer: DL_FORBIDDEN',
    'the operator: DL_FORBIDDEN',
    'the approver: DL_FORBIDDEN',
    'the client: DL_FORBIDDEN',
    'olga: DL_OTHER_MODEL',
  ])
    expect(refused).toContain(line);
  expect(refused).not.toContain('the admin: DL_FORBIDDEN');
  expect(await checkChain(db.stores.audit.all(), sha256)).toMatchObject({ intact: true });
});
