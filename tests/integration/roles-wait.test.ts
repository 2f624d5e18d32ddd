import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { clearLockedPorts } from 'get-port';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../../infra/local/free-port.ts';
import { startProcess } from '../../infra/local/keeper.ts';
import type { Exit, RunningProcess } from '../../infra/local/keeper.ts';
import { provisionAll } from '../../infra/local/parts.ts';
import type { StackParts } from '../../infra/local/parts.ts';
import { startKafka } from '../../infra/local/services/kafka.ts';
import { startPostgres } from '../../infra/local/services/postgres.ts';
import { startPrometheus } from '../../infra/local/services/prometheus.ts';
import type { Service } from '../../infra/local/services/service.ts';
import { startTemporal } from '../../infra/local/services/temporal.ts';
import { ensureTopics } from '../../infra/kafka/topics.ts';
import { migrate } from '../../infra/postgres/migrate.ts';

/** Roles as processes of their own, started before the services that they need, on ports that are kept for those. */

const launcher = fileURLToPath(new URL('../../cli/bin/driftloop.mjs', import.meta.url));
const token = 'a-token-of-sixteen-or-more';
let folder: string;
let parts: StackParts;
let databaseUrl: string;
const ports = { kafka: [0, 0], temporal: [0, 0, 0, 0], postgres: [0], prometheus: [0] };
const services: Service[] = [];
const roles: RunningProcess[] = [];

function setting(name: keyof typeof ports) {
  // Ports that were given out a moment ago are not given again, unless this is said.
  clearLockedPorts();
  const [directory, logs] = [path.join(folder, name), path.join(folder, 'logs')];
  return { directory, logs, lastPorts: ports[name], onExit: () => {} };
}
const files = <F extends string>(part: { where: string; files?: Readonly<Record<F, string>> } | null) => {
  if (part?.files === undefined) throw new Error('this test starts its own services');
  return part.files;
};
const up = async (service: Service) => {
  services.push(service);
  return service;
};
const postgresUp = async () => {
  const started = await startPostgres(files(parts.postgres), true, setting('postgres'));
  databaseUrl = started.databaseUrl;
  return await up(started.service);
};
const kafkaUp = async () =>
  await up(
    (await startKafka({ java: files(parts.java).java, libs: files(parts.kafka).libs }, setting('kafka')))
      .service,
  );

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'driftloop-wait-'));
  const given = Object.keys(process.env).filter((name) =>
    /^(DATABASE_URL|DRIFTLOOP_.*(_URL|_ADDRESS|_BROKERS))$/.test(name),
  );
  parts = await provisionAll({
    env: { ...process.env, ...Object.fromEntries(given.map((name) => [name, undefined])) },
  });
  for (const list of Object.values(ports)) for (const i of list.keys()) list[i] = await freePort();
  // The database was set up once: it is away now, not unknown.
  const postgres = await postgresUp();
  await migrate(databaseUrl, 'default');
  await postgres.process.stop();
});
afterAll(async () => {
  await Promise.all(roles.map((role) => role.stop()));
  await Promise.all(services.map(({ process: running }) => running.stop()));
  rmSync(folder, { recursive: true, force: true });
});

type Line = { level: number; msg: string; code?: string; fix?: string };
const WARN = 40;

let started = 0;
async function startRole(args: string[], env: Record<string, string> = {}) {
  const name = `${args[0]}-${(started += 1)}`;
  const [addressFile, logFile] = [path.join(folder, `${name}.json`), path.join(folder, `${name}.log`)];
  let exit: Exit | null = null;
  const running = await startProcess({
    name,
    command: process.execPath,
    args: [launcher, ...args, '--address-file', addressFile],
    env: {
      DATABASE_URL: databaseUrl,
      DRIFTLOOP_NAMESPACE: 'default',
      DRIFTLOOP_KAFKA_BROKERS: `127.0.0.1:${ports.kafka[0]}`,
      DRIFTLOOP_TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal[0]}`,
      DRIFTLOOP_PROMETHEUS_URL: `http://127.0.0.1:${ports.prometheus[0]}`,
      DRIFTLOOP_ARTIFACTS: path.join(folder, 'artifacts'),
      DRIFTLOOP_TOKEN: token,
      ...env,
    },
    logFile,
    onExit: (end) => (exit = end),
  });
  roles.push(running);
  const text = () => readFileSync(logFile, 'utf8');
  const address = () => (JSON.parse(readFileSync(addressFile, 'utf8')) as { address: string }).address;
  return {
    text,
    running,
    exit: () => exit,
    get: async (door: string) => await fetch(`${address()}${door}`),
    post: async (door: string, body: unknown) =>
      await fetch(`${address()}${door}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      }),
    /** Codes that it warned of, in their order. */
    warned: () =>
      text()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Line)
        .filter(({ level, code }) => level === WARN && code !== undefined)
        .map(({ code }) => code!),
  };
}
type RoleUnderTest = Awaited<ReturnType<typeof startRole>>;

const missingAt = async (role: RoleUnderTest): Promise<string[]> => {
  const answer = await role.get('/readyz');
  expect(answer.status).toBe(503);
  const { waitingFor } = (await answer.json()) as { waitingFor?: { what: string }[] };
  return (waitingFor ?? []).map(({ what }) => what).toSorted();
};
const within = { timeout: 60_000, interval: 100 };

test('a role that is started before its services lives, says once what it waits for, and is ready when they are there', async () => {
  const [server, monitor, worker, gpu, web] = await Promise.all([
    startRole(['server']),
    startRole(['monitor']),
    startRole(['worker']),
    startRole(['worker', '--gpu']),
    startRole(['console']),
  ]);
  const all = [server, monitor, worker, gpu, web];
  await vi.waitFor(async () => expect(await missingAt(server)).toEqual([]), within);
  await vi.waitFor(async () => expect(await missingAt(monitor)).toEqual(['PostgreSQL']), within);
  for (const role of [worker, gpu, web])
    await vi.waitFor(async () => expect(await missingAt(role)).toEqual(['PostgreSQL', 'Temporal']), within);
  for (const role of all) expect((await role.get('/healthz')).status).toBe(200);
  // The server needs neither of them to answer, but here it knows no model yet.
  const early = await server.post('/v1/models/m:predict', { instances: [{}] });
  expect([early.status, await early.json()]).toMatchObject([503, { error: { code: 'DL_STARTING' } }]);

  await Promise.all([
    postgresUp(),
    kafkaUp().then(() => ensureTopics({ brokers: [`127.0.0.1:${ports.kafka[0]}`] }, 'default')),
    startTemporal(files(parts.temporal).temporal, setting('temporal')).then(({ service }) => up(service)),
  ]);
  await vi.waitFor(async () => expect((await server.get('/readyz')).status).toBe(200), within);
  await vi.waitFor(async () => expect((await monitor.get('/readyz')).status).toBe(200), within);
  await vi.waitFor(async () => expect((await gpu.get('/readyz')).status).toBe(200), within);
  // These do their work by now, and say that nobody answers about the metrics.
  for (const role of [worker, web])
    await vi.waitFor(async () => expect(await missingAt(role)).toEqual(['Prometheus']), within);
  await startPrometheus(files(parts.prometheus).prometheus, 'http://127.0.0.1:9', {
    ...setting('prometheus'),
  }).then(({ service }) => up(service));
  for (const role of [worker, web])
    await vi.waitFor(async () => expect((await role.get('/readyz')).status).toBe(200), within);

  expect(server.warned().toSorted()).toEqual(['DL_KAFKA_UNREACHABLE', 'DL_POSTGRES_UNREACHABLE']);
  expect(monitor.warned()[0]).toBe('DL_POSTGRES_UNREACHABLE');
  for (const role of [worker, web])
    expect(role.warned().toSorted()).toEqual([
      'DL_POSTGRES_UNREACHABLE',
      'DL_PROMETHEUS_UNREACHABLE',
      'DL_TEMPORAL_UNREACHABLE',
    ]);
  const [, password] = /:([^:@]+)@/.exec(databaseUrl)!;
  for (const role of all) {
    expect(role.exit()).toBeNull();
    expect(role.text()).not.toContain(password);
    expect(role.text()).toMatch(/"what":"PostgreSQL","seconds":[\d.]+,"msg":"a service is there"/);
  }

  // And what goes away later is waited for likewise.
  const feedback = { predictionId: '019a8f00-0000-7000-8000-000000000001', kind: 'label', value: 'UP' };
  expect((await server.post('/v1/feedback', feedback)).status).toBe(200);
  const many = Array.from({ length: 20_000 }, () => ({ ...feedback, value: 'UP'.padEnd(150, '!') }));
  expect((await server.post('/v1/feedback', many)).status).toBe(200);
  for (const [value, code] of [
    ['x'.repeat(2_000_000), 'DL_MESSAGE_TOO_LARGE'],
    ['x'.repeat(50_000_000), 'DL_BODY_TOO_LARGE'],
  ] as const) {
    // Who is refused before it has said everything may lose the line before it has read why.
    await vi.waitFor(async () => {
      const refused = await server.post('/v1/feedback', { ...feedback, value });
      expect([refused.status, await refused.json()]).toMatchObject([413, { error: { code } }]);
    }, within);
  }
  const running = services.filter(({ process: { name } }) => name === 'kafka' || name === 'postgres');
  await Promise.all(running.map(({ process: one }) => one.stop()));
  // It waits on the disk of the server: what was accepted is not lost.
  const away = await server.post('/v1/feedback', feedback);
  expect([away.status, await away.json()]).toEqual([200, { accepted: 1 }]);
  await vi.waitFor(async () => expect((await web.get('/readyz')).status).toBe(503), within);
  await Promise.all([postgresUp(), kafkaUp()]);
  await vi.waitFor(async () => {
    expect((await server.post('/v1/feedback', feedback)).status).toBe(200);
    expect((await web.get('/readyz')).status).toBe(200);
  }, within);
  for (const role of all) expect(role.exit()).toBeNull();

  await Promise.all(
    [
      [{ DATABASE_URL: databaseUrl.replace(password!, 'wrong') }, 'DL_POSTGRES_REFUSED'] as const,
      [{ DATABASE_URL: databaseUrl.replace(/[^/]+$/, 'nowhere') }, 'DL_POSTGRES_REFUSED'] as const,
      [{ DRIFTLOOP_NAMESPACE: 'never-migrated' }, 'DL_SCHEMA_OLDER'] as const,
    ].map(async ([env, code]) => {
      const refused = await startRole(['monitor'], env);
      expect((await refused.running.exited).code, refused.text()).toBe(1);
      expect(refused.text()).toMatch(new RegExp(`^${code}  .+\\n  fix: .+`, 'm'));
    }),
  );
});

test('a port that is taken, or that is none of ours, is said with what to type', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const [taken, foreign] = await Promise.all([
    startRole(['server', '--port', String(port)]),
    startRole(['server', '--host', '192.0.2.1']),
  ]);
  expect((await taken.running.exited).code).toBe(1);
  expect(taken.text()).toContain(`DL_PORT_IN_USE  Port ${port} on 127.0.0.1 is taken by another program.`);
  expect((await foreign.running.exited).code).toBe(1);
  expect(foreign.text()).toContain('DL_PORT_UNUSABLE');
  other.close();
});
