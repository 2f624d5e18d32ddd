import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { taskQueues, workflowIds } from '../../../domain/names.ts';
import { temporal } from '../../../infra/local/parts/temporal.ts';
import { provision } from '../../../infra/local/provision.ts';
import { startTemporal } from '../../../infra/local/services/temporal.ts';
import { realTools } from '../../../infra/local/tools.ts';
import { machineUser } from '../../../cli/people.ts';
import { withClient } from '../../../infra/postgres/connect.ts';
import { openStores } from '../../../infra/postgres/open-stores.ts';
import { connectClient } from '../../../infra/temporal/connect.ts';
import { openActivityWorld, type ActivityWorld } from '../../support/activity-world.ts';
import { fillWorld } from '../../support/full-world.ts';
import { startTestPostgres } from '../../support/test-database.ts';

/** The two commands as they are typed: the state of one database goes to another, beside a real Temporal. */
const launcher = fileURLToPath(new URL('../../../cli/bin/driftloop.mjs', import.meta.url));
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let server: Awaited<ReturnType<typeof startTemporal>>;
let connection: Awaited<ReturnType<typeof connectClient>>;
let client: Client;
let world: ActivityWorld;
let folder: string;
let environment: Record<string, string>;
let elsewhere: { databaseUrl: string; namespace: string };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-restore-test-'));
  const part = await provision({ ...temporal, variable: undefined as never }, realTools());
  if (part === null || part.where === 'environment') throw new Error('no Temporal server to start');
  const setting = { directory: path.join(folder, 'temporal'), logs: folder, lastPorts: [], onExit: () => {} };
  [postgres, server] = await Promise.all([startTestPostgres(), startTemporal(part.files.temporal, setting)]);
  world = await openActivityWorld(postgres.databaseUrl);
  await fillWorld(world);
  const { namespace } = world.db;
  const name = `restored_${namespace.replaceAll('-', '_')}`;
  await withClient(world.db, (c) => c.query(`create database ${name}`));
  const url = new URL(postgres.databaseUrl);
  url.pathname = `/${name}`;
  elsewhere = { databaseUrl: url.href, namespace };
  environment = {
    DRIFTLOOP_NAMESPACE: namespace,
    DRIFTLOOP_TEMPORAL_ADDRESS: server.address,
    DRIFTLOOP_KAFKA_BROKERS: 'nobody:9092',
    DRIFTLOOP_PROMETHEUS_URL: 'http://nobody:9090',
    DRIFTLOOP_TOKEN: 'a-token-that-is-long-enough',
  };
  connection = await connectClient({ address: server.address, namespace: 'default' });
  client = connection.client;
});
afterAll(async () => {
  await connection?.close();
  if (elsewhere) {
    const name = new URL(elsewhere.databaseUrl).pathname.slice(1);
    await withClient(world.db, (c) => c.query(`drop database ${name} with (force)`));
  }
  await world?.close();
  await Promise.all([postgres?.stop(), server?.service.process.stop()]);
  await rm(folder, { recursive: true, force: true });
});

type Said = { code: number | null; out: string; err: string };
async function type(
  place: { databaseUrl: string; artifacts: string },
  words: string[],
  stdin = '',
): Promise<Said> {
  const child = spawn(process.execPath, [launcher, ...words, '--json'], {
    cwd: folder,
    env: {
      ...process.env,
      ...environment,
      DATABASE_URL: place.databaseUrl,
      DRIFTLOOP_ARTIFACTS: place.artifacts,
    },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

test('backup, and restore where nothing is, where something is, and where somebody is', async () => {
  const here = { databaseUrl: world.db.databaseUrl, artifacts: world.artifactsFolder };
  const there = { databaseUrl: elsewhere.databaseUrl, artifacts: path.join(folder, 'artifacts') };
  const namespace = world.db.namespace;
  const backup = await type(here, ['backup', '--out', 'state.tar.gz']);
  expect(backup).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(backup.out)).toMatchObject({ namespace, artifacts: 3, missingArtifacts: [] });

  const first = await type(there, ['restore', 'state.tar.gz']);
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(first.out)).toMatchObject({
    models: ['m'],
    endedRuns: ['r2'],
    supervised: true,
    rows: (JSON.parse(backup.out) as { rows: number }).rows,
  });
  const supervisor = async () =>
    await client.workflow.getHandle(workflowIds.supervise(namespace, 'm')).describe();
  const before = await supervisor();
  expect(before.status.name).toBe('RUNNING');

  const refused = async (words: string[], stdin?: string) => {
    const { code, out, err } = await type(there, words, stdin);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    return (
      JSON.parse(
        err
          .trim()
          .split('\n')
          .at(-1)!
          .replace(/^.*?(?=\{)/, ''),
      ) as { error: { code: string } }
    ).error.code;
  };
  expect(await refused(['restore', 'state.tar.gz'])).toBe('DL_NAMESPACE_NOT_EMPTY');
  expect(await refused(['restore', 'state.tar.gz', '--force'], 'default\n')).toBe('DL_NOT_CONFIRMED');

  const stores = await openStores(elsewhere);
  try {
    // The open run is over, with its reason, and its challenger off the traffic and off trial.
    expect(await stores.runs.get('r2')).toMatchObject({
      phase: 'ended',
      outcome: { kind: 'failed', sentence: expect.stringContaining('restored from the backup of') },
    });
    expect((await stores.routes.get('m'))!.challenger).toBeNull();
    expect((await stores.versions.get('m', 'v3')).role).toBe('rejected');
    // Where it came from has a row of the log after it was taken, and where it went one that goes on with the chain.
    const { rows: taken, takenAt } = JSON.parse(backup.out) as { rows: number; takenAt: string };
    const by = machineUser();
    const subject = 'state.tar.gz';
    expect((await world.db.stores.audit.list({ limit: 1 }))[0]).toMatchObject({
      action: 'backup',
      by,
      via: 'local',
      subject,
      details: { takenAt, rows: taken, artifacts: 3 },
    });
    expect((await stores.audit.list({ limit: 1 }))[0]).toMatchObject({
      action: 'restore',
      by,
      via: 'local',
      subject,
      details: { takenAt, rows: taken, replaced: false },
    });
    expect(await type(there, ['audit', 'verify'])).toMatchObject({ code: 0, err: '' });
    expect(await refused(['restore', 'state.tar.gz', '--force'], `${namespace}\n`)).toBe(
      'DL_NAMESPACE_IN_USE',
    );
    // A model that came after the backup.
    await stores.runs.begin({
      id: 'r9',
      model: 'm',
      trigger: { kind: 'manual', firedAt: new Date().toISOString(), reason: 'asked' },
      configDigest: world.configDigest,
      labelledAtStart: 0,
    });
  } finally {
    await stores.close();
  }

  // A run that goes on in Temporal and of which the backup knows nothing.
  await client.workflow.start('retrain', {
    workflowId: workflowIds.retrain(namespace, 'm'),
    taskQueue: taskQueues(namespace).control,
    args: [{ namespace, model: 'm', runId: 'r9' }],
  });
  const second = await type(there, ['restore', 'state.tar.gz', '--force'], `${namespace}\n`);
  expect(second.code).toBe(0);
  const run = await client.workflow.getHandle(workflowIds.retrain(namespace, 'm')).describe();
  expect(run.status.name).toBe('TERMINATED');
  const after = await supervisor();
  expect([after.status.name, after.runId === before.runId]).toEqual(['RUNNING', false]);
  const { rows } = await withClient(elsewhere, (c) => c.query('select id from runs order by 1'));
  expect(rows).toEqual([{ id: 'r1' }, { id: 'r2' }]);
});
