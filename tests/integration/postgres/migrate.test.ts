import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roleNames, type RoleName } from '../../../cli/roles/role.ts';
import { withClient } from '../../../infra/postgres/connect.ts';
import { checkSchema, migrate } from '../../../infra/postgres/migrate.ts';
import { openStores } from '../../../infra/postgres/open-stores.ts';
import { dropPartitionsBefore, ensurePartitions } from '../../../infra/postgres/partitions.ts';
import * as config from '../../../infra/postgres/schema/config.ts';
import * as deliveries from '../../../infra/postgres/schema/deliveries.ts';
import * as events from '../../../infra/postgres/schema/events.ts';
import * as gate from '../../../infra/postgres/schema/gate.ts';
import * as ingest from '../../../infra/postgres/schema/ingest.ts';
import * as partitioned from '../../../infra/postgres/schema/partitioned.ts';
import * as people from '../../../infra/postgres/schema/people.ts';
import * as teach from '../../../infra/postgres/schema/teach.ts';
import * as registry from '../../../infra/postgres/schema/registry.ts';
import * as runs from '../../../infra/postgres/schema/runs.ts';
import * as snapshots from '../../../infra/postgres/schema/snapshots.ts';
import { openTestDatabase, startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());

test('several migrate at once: one does the work, the others find it done; repeating changes nothing', async () => {
  const { databaseUrl } = postgres;
  const namespace = 'migrate-at-once';
  try {
    const done = await Promise.all([1, 2, 3].map(() => migrate(databaseUrl, namespace)));
    expect(done.map((tags) => tags.length > 0).filter(Boolean)).toEqual([true]);
    expect(await migrate(databaseUrl, namespace)).toEqual([]);
    await checkSchema(databaseUrl, namespace);
  } finally {
    await withClient({ databaseUrl, namespace }, (c) =>
      c.query('drop schema driftloop_migrate_at_once cascade'),
    );
  }
});

test('a role refuses a schema that is missing, older or newer, and says what to type', async () => {
  const never = { databaseUrl: postgres.databaseUrl, namespace: 'never-migrated' };
  await expect(openStores(never)).rejects.toMatchObject({
    code: 'DL_SCHEMA_OLDER',
    fix: 'driftloop migrate',
  });
  const db = await openTestDatabase(postgres.databaseUrl);
  const { databaseUrl } = db;
  try {
    await db.handle.pool.query("insert into migrations (tag, hash) values ('9999_from_the_future', 'x')");
    const newer = { code: 'DL_SCHEMA_NEWER' };
    await expect(checkSchema(databaseUrl, db.namespace)).rejects.toMatchObject(newer);
    await expect(migrate(databaseUrl, db.namespace)).rejects.toMatchObject(newer);
    await db.handle.pool.query("delete from migrations where tag like '9999%' or tag like '0001%'");
    await expect(checkSchema(databaseUrl, db.namespace)).rejects.toMatchObject({ code: 'DL_SCHEMA_OLDER' });
  } finally {
    await db.close();
  }
});

/** The environment of a role whose parts but the database are nowhere: it has to refuse before it asks for them. */
const variables = (databaseUrl: string, namespace: string) => ({
  DATABASE_URL: databaseUrl,
  DRIFTLOOP_NAMESPACE: namespace,
  DRIFTLOOP_TEMPORAL_ADDRESS: 'nobody:7233',
  DRIFTLOOP_KAFKA_BROKERS: 'nobody:9092',
  DRIFTLOOP_PROMETHEUS_URL: 'http://nobody:9090',
  DRIFTLOOP_ARTIFACTS: path.join(tmpdir(), 'driftloop-no-artifacts'),
  DRIFTLOOP_TOKEN: 'a-token-that-is-long-enough',
});

const launcher = fileURLToPath(new URL('../../../cli/bin/driftloop.mjs', import.meta.url));

test('every role ends on a schema that it does not know, with the code and what to do', async () => {
  const db = await openTestDatabase(postgres.databaseUrl);
  const ending = (name: RoleName, namespace: string) =>
    new Promise<{ code: unknown; said: string }>((resolve) => {
      const args = name === 'worker-gpu' ? ['worker', '--gpu'] : [name];
      const env = { ...process.env, ...variables(db.databaseUrl, namespace) };
      execFile(process.execPath, [launcher, ...args], { env, timeout: 60_000 }, (error, out, err) =>
        resolve({ code: error?.code, said: `${out}${err}` }),
      );
    });
  try {
    await db.handle.pool.query("insert into migrations (tag, hash) values ('9999_from_the_future', 'x')");
    const newer = roleNames.map((name) => ending(name, db.namespace));
    const older = ending('monitor', 'never-migrated');
    for (const { code, said } of await Promise.all(newer)) {
      expect(code).toBe(1);
      expect(said).toContain('DL_SCHEMA_NEWER');
      expect(said).toContain('9999_from_the_future');
      expect(said).toContain('Run the Driftloop version that migrated it');
    }
    expect(await older).toMatchObject({
      code: 1,
      said: expect.stringMatching(/DL_SCHEMA_OLDER.*driftloop migrate/s),
    });
  } finally {
    await db.close();
  }
});

test('two commands that migrate at once: one does it, the other finds it done', async () => {
  const namespace = 'migrate-twice';
  const env = { ...process.env, ...variables(postgres.databaseUrl, namespace) };
  const type = () => promisify(execFile)(process.execPath, [launcher, 'migrate', '--json'], { env });
  try {
    const said = await Promise.all([type(), type()]);
    const applied = said.map(({ stdout }) => (JSON.parse(stdout) as { applied: string[] }).applied);
    expect(applied.map((tags) => tags.length > 0).sort()).toEqual([false, true]);
    await checkSchema(postgres.databaseUrl, namespace);
  } finally {
    await withClient({ databaseUrl: postgres.databaseUrl, namespace }, (c) =>
      c.query('drop schema if exists driftloop_migrate_twice cascade'),
    );
  }
});

test('what the code declares of every table is what stands in the database, hand-written ones included', async () => {
  const db = await openTestDatabase(postgres.databaseUrl);
  try {
    const tables = [
      config,
      deliveries,
      events,
      gate,
      ingest,
      partitioned,
      people,
      registry,
      runs,
      snapshots,
      teach,
    ].flatMap((file) => Object.values(file) as PgTable[]);
    const { rows } = await db.handle.pool.query<{ t: string; c: string; type: string; nullable: boolean }>(
      `select c.relname as t, a.attname as c, format_type(a.atttypid, null) as type, not a.attnotnull as nullable
         from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and a.attnum > 0 and c.relname <> 'migrations'`,
    );
    const have = rows.map((r) => `${r.t}.${r.c} ${r.type} ${r.nullable ? 'null' : 'not null'}`).sort();
    const want = tables.flatMap((table) => {
      const { name, columns, primaryKeys } = getTableConfig(table);
      const inKey = new Set(primaryKeys.flatMap((k) => k.columns.map((column) => column.name)));
      return columns.map((column) => {
        const type = column.getSQLType().replace(/^timestamp.*$/, 'timestamp with time zone');
        const required = column.notNull || column.primary || inKey.has(column.name);
        return `${name}.${column.name} ${type} ${required ? 'not null' : 'null'}`;
      });
    });
    expect(have).toEqual(want.sort());
    expect(tables.length).toBe(39);
  } finally {
    await db.close();
  }
});

test('partitions are made once, side by side, and dropped whole weeks at a time', async () => {
  const db = await openTestDatabase(postgres.databaseUrl);
  const { pool } = db.handle;
  try {
    const weeks = ['2026-02-23', '2026-03-02', '2026-03-09'];
    await Promise.all([1, 2, 3, 4].map(() => ensurePartitions(pool, weeks)));
    const list = async () =>
      (
        await pool.query<{ n: string }>(
          "select inhrelid::regclass::text as n from pg_inherits i join pg_class c on c.oid = i.inhparent where c.relkind = 'p' and c.relnamespace = current_schema()::regnamespace",
        )
      ).rows
        .map((r) => r.n)
        .sort();
    expect(await list()).toHaveLength(9);
    const dropped = await dropPartitionsBefore(pool, new Date('2026-03-08T12:00:00Z'));
    expect(dropped).toEqual(['examples_2026_02_23', 'feedback_2026_02_23', 'predictions_2026_02_23']);
    expect(await list()).toHaveLength(6);
  } finally {
    await db.close();
  }
});
