import { copyFile, mkdtemp, open, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolderStore } from '../../../infra/artifacts/folder-store.ts';
import { checkBackup, type CheckedBackup } from '../../../infra/backup/check-backup.ts';
import { restoreBackup } from '../../../infra/backup/restore-backup.ts';
import { takeBackup, type BackupTaken } from '../../../infra/backup/take-backup.ts';
import { createAuditLog } from '../../../infra/postgres/audit-log.ts';
import { connectionConfig, withClient, type Database } from '../../../infra/postgres/connect.ts';
import { openHandle } from '../../../infra/postgres/database.ts';
import { migrate } from '../../../infra/postgres/migrate.ts';
import { openStores } from '../../../infra/postgres/open-stores.ts';
import { lookAround } from '../../../infra/postgres/state-in.ts';
import { readState } from '../../../infra/postgres/state-out.ts';
import { stateTables } from '../../../infra/postgres/state-tables.ts';
import { foldModel } from '../../../monitors/fold/fold-model.ts';
import { ingestBatch } from '../../../monitors/ingest/ingest-batch.ts';
import { fakePredictor } from '../../fakes/predictor.ts';
import { openActivityWorld, type ActivityWorld } from '../../support/activity-world.ts';
import { fillWorld } from '../../support/full-world.ts';
import { feedNow, feedbackOn, prediction } from '../../support/ingest-feed.ts';
import { startTestPostgres } from '../../support/test-database.ts';

/** One world, one backup of it; what is restored goes into another PostgreSQL, as after the loss of the first. */
let here: Awaited<ReturnType<typeof startTestPostgres>>;
let elsewhere: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
let folder: string;
let taken: BackupTaken;
let source: Database;
let target: Database;

beforeAll(async () => {
  [here, elsewhere] = await Promise.all([startTestPostgres(), startTestPostgres()]);
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-backup-'));
  world = await openActivityWorld(here.databaseUrl);
  const { databaseUrl, namespace } = world.db;
  source = { databaseUrl, namespace };
  // Given one database for all tests, it stands beside itself there.
  const isOther = elsewhere.databaseUrl !== databaseUrl;
  target = { databaseUrl: elsewhere.databaseUrl, namespace: isOther ? namespace : `${namespace}-2` };
  // The transaction ids of here are far beyond those of elsewhere.
  await withClient(source, async (client) => {
    await client.query('set synchronous_commit = off');
    await client.query(
      'do $$ begin for i in 1..5000 loop perform pg_current_xact_id(); commit; end loop; end $$',
    );
  });
  await fillWorld(world);
  taken = await takeBackup({ ...source, file: path.join(folder, 'whole'), artifacts: world.ports.artifacts });
});
afterAll(async () => {
  await dropTarget();
  await world?.close();
  await Promise.all([here?.stop(), elsewhere?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const dropTarget = () =>
  withClient(target, (client) => client.query('drop schema if exists ' + schemaOf(target) + ' cascade'));
const schemaOf = (database: Database) => /search_path=(\S+)/.exec(connectionConfig(database).options!)![1]!;
const restored = () => createFolderStore(path.join(folder, 'artifacts'));
const restore = (backup: CheckedBackup, file = taken.file) =>
  restoreBackup(backup, { ...target, file, artifacts: restored() });

/** Every table, row by row as text, sorted; of the known-at order what can be compared: who waits, and in what order. */
async function everything(database: Database): Promise<Record<string, string[]>> {
  return await withClient(database, async (client) => {
    const tables: Record<string, string[]> = {};
    for (const { name, columns } of await stateTables(client)) {
      const compared = columns.filter((c) => c !== 'known_xid' && c !== 'known_id');
      const { rows } = await client.query<{ row: string }>(
        `select row(${compared.map((c) => `t."${c}"`).join(', ')})::text as row from "${name}" t order by 1`,
      );
      tables[name] = rows.map((r) => r.row);
    }
    const { rows } = await client.query<{ row: string }>(
      `select prediction_id::text as row from examples e
        where not exists (select 1 from champion_scores s where s.prediction_id = e.prediction_id)
        order by known_xid, known_id`,
    );
    return { ...tables, waiting: rows.map((r) => r.row) };
  });
}

test('backup, restore into another PostgreSQL: every table is the same row by row, every artifact to the byte', async () => {
  const before = await everything(source);
  for (const [table, rows] of Object.entries(before)) expect(rows, table).not.toHaveLength(0);
  await restore(await checkBackup(taken.file));
  expect(await everything(target)).toEqual(before);

  const { missingArtifacts, artifacts } = taken.tail;
  expect([Object.keys(artifacts).length, missingArtifacts]).toEqual([3, []]);
  for (const digest of Object.keys(artifacts)) await restored().open(digest);

  const again = await takeBackup({ ...target, file: path.join(folder, 'again'), artifacts: restored() });
  expect(again.tail).toEqual(taken.tail);
  expect(again.head.weeks).toEqual(taken.head.weeks);
  expect((await stat(taken.file)).mode & 0o777).toBe(0o600);
});

test('the roles go on from there: the champion answers, the fold goes on, what was ingested has no effect again', async () => {
  await restore(await checkBackup(taken.file));
  const stores = await openStores(target);
  try {
    const champion = (await stores.versions.champion('m'))!;
    expect(champion.version).toBe('v1');
    const { predictor } = fakePredictor();
    const artifacts = restored();
    await predictor.load(champion.digest, await artifacts.open(champion.digest));
    expect(await predictor.predict(champion.digest, [{ x: 1 }])).toMatchObject([{ label: 'A' }]);

    const scoreWithChampion = async (_: unknown, inputs: readonly object[]) =>
      predictor.predict(champion.digest, inputs as never);
    const fold = async () => foldModel({ folds: stores.folds, scoreWithChampion, limit: 100 }, 'm');
    const labelled = await stores.examples.labelled('m');
    await expect.poll(async () => (await fold())?.labelled, { timeout: 5_000 }).toBe(labelled + 1);

    const totals = await stores.totals.eventTotals();
    const one = prediction();
    const records = [one, one].map((message, i) => ({
      offset: BigInt(i),
      key: null,
      value: new TextEncoder().encode(JSON.stringify(message)),
    }));
    const options = async () => ({
      store: stores.ingest,
      catalogue: await stores.ingest.catalogue(),
      nowMs: feedNow,
      feedbackTopic: 'f',
    });
    const at = world.feed.at('predictions');
    // Offsets 0 and 1 had their effect before the backup.
    await ingestBatch(await options(), 'predictions', at, records);
    expect(await stores.totals.eventTotals()).toEqual(totals);
    const next = (await stores.ingest.next(at))!;
    const fresh = records.map((r, i) => ({ ...r, offset: next + BigInt(i) }));
    await ingestBatch(await options(), 'predictions', at, fresh);
    expect(await stores.totals.eventTotals()).toMatchObject({
      predictions: totals.predictions + 2,
      stored: totals.stored + 1,
      duplicates: totals.duplicates + 1,
    });
    // Another Kafka has another cluster id, and so begins at its own beginning.
    expect(await stores.ingest.next({ ...at, clusterId: 'another' })).toBeNull();
    await ingestBatch(await options(), 'feedback', { ...at, clusterId: 'another' }, [
      { offset: 0n, key: null, value: new TextEncoder().encode(JSON.stringify(feedbackOn(one, 'A'))) },
    ]);
    await expect.poll(async () => (await fold())?.labelled, { timeout: 5_000 }).toBe(labelled + 2);
    await stores.runs.begin({
      id: 'r3',
      model: 'm',
      trigger: { kind: 'manual', firedAt: new Date().toISOString(), reason: 'asked' },
      configDigest: world.configDigest,
      labelledAtStart: 0,
    });
    // Numbers that the database gives go on where they were.
    await stores.runs.note('r3', { key: 'b', phase: 'triage', sentence: 'Looked.' });
    await stores.models.setPaused('m', false, 'ada');
  } finally {
    await stores.close();
  }
});

test('a file that is cut off, changed, or no backup is refused before anything is changed', async () => {
  const bytes = await readFile(taken.file);
  const broken = path.join(folder, 'broken');
  const refused = { code: 'DL_BACKUP_UNREADABLE' };
  for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
    await copyFile(taken.file, broken);
    await truncate(broken, Math.floor(bytes.length * share));
    await expect(checkBackup(broken), `cut off at ${share}`).rejects.toMatchObject(refused);
  }
  for (let i = 1; i < 20; i += 1) {
    const at = Math.floor((bytes.length * i) / 20);
    await writeFile(broken, bytes.with(at, bytes[at]! ^ 0x10));
    await expect(checkBackup(broken), `changed at ${at}`).rejects.toMatchObject(refused);
  }
  // A row that was changed by hand, with everything around it made right again.
  const text = gunzipSync(bytes);
  const at = text.indexOf('DriftloopRegret');
  await writeFile(broken, gzipSync(text.with(at, 'd'.charCodeAt(0))));
  await expect(checkBackup(broken)).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining('table "alerts"'),
  });
  await writeFile(broken, gzipSync(text.subarray(0, text.indexOf('manifest.json'))));
  await expect(checkBackup(broken)).rejects.toMatchObject(refused);
  await writeFile(broken, 'not an archive');
  await expect(checkBackup(broken)).rejects.toMatchObject(refused);
  await expect(checkBackup(path.join(folder, 'none'))).rejects.toMatchObject(refused);
});

test('a backup of another schema is refused, with the version that can restore it', async () => {
  const text = gunzipSync(await readFile(taken.file));
  const at = text.indexOf('0002_paused-by');
  const other = path.join(folder, 'other-schema');
  await writeFile(other, gzipSync(text.with(at, '9'.charCodeAt(0))));
  const { driftloop } = taken.head;
  await expect(checkBackup(other)).rejects.toMatchObject({
    code: 'DL_BACKUP_SCHEMA',
    message: expect.stringContaining('9002_paused-by'),
    fix: expect.stringContaining(`Driftloop ${driftloop}`),
  });
});

test('a restore that fails in the middle leaves everything as it was', async () => {
  await dropTarget();
  await migrate(target.databaseUrl, target.namespace);
  const there = openHandle(target);
  await createAuditLog(there).append({ by: 'ada', action: 'pause', because: 'here before' });
  await there.pool.end();
  const before = await everything(target);
  const checked = await checkBackup(taken.file);
  // What was checked is not what is read: somebody has changed the file in between.
  const { tables } = checked.tail;
  const tail = { ...checked.tail, tables: { ...tables, runs: { ...tables['runs']!, sha256: 'another' } } };
  await expect(restore({ ...checked, tail })).rejects.toMatchObject({ code: 'DL_BACKUP_UNREADABLE' });
  expect(await everything(target)).toEqual(before);
  expect((await lookAround(target)).tables).toEqual(['audit', 'events']);
});

test('what is written while a backup is taken is not in it, nobody waits, and no partition is dropped', async () => {
  const { feed, stores } = world;
  const weeks = async () =>
    (await world.db.handle.pool.query<{ n: number }>('select count(*) as n from pg_inherits')).rows[0]!.n;
  const had = await weeks();
  await readState(source, async (state) => {
    await feed.predictions(prediction());
    await stores.ingest.dropBefore(new Date());
    expect(await weeks()).toBe(had);
    let rows = '';
    const table = state.tables.find((t) => t.name === 'predictions')!;
    for await (const chunk of state.rows(table)) rows += String(chunk);
    expect(rows.split('\n').length - 1).toBe(taken.tail.tables['predictions']!.rows);
  });
});

test('an artifact that is gone stops a backup, unless it may be without; nothing is written over or left behind', async () => {
  const file = path.join(folder, 'third');
  const nothing = createFolderStore(path.join(folder, 'nothing'));
  await expect(takeBackup({ ...source, file, artifacts: nothing })).rejects.toMatchObject({
    code: 'DL_ARTIFACT_MISSING',
  });
  for (const name of [file, `${file}.part`])
    await expect(open(name)).rejects.toMatchObject({ code: 'ENOENT' });
  const { tail } = await takeBackup({ ...source, file, artifacts: nothing, skipMissingArtifacts: true });
  expect(tail.missingArtifacts).toHaveLength(3);
  await checkBackup(file);
  const once = { ...source, artifacts: world.ports.artifacts };
  await expect(takeBackup({ ...once, file })).rejects.toMatchObject({ code: 'DL_BACKUP_EXISTS' });
  await expect(takeBackup({ ...once, file: path.join(folder, 'no', 'folder') })).rejects.toMatchObject({
    code: 'DL_BACKUP_NOT_WRITTEN',
  });
  // The one device that is always full.
  const full = path.join(folder, 'full');
  await symlink('/dev/full', `${full}.part`);
  await expect(takeBackup({ ...once, file: full })).rejects.toMatchObject({
    code: 'DL_BACKUP_NOT_WRITTEN',
    message: expect.stringContaining('ENOSPC'),
  });
});
