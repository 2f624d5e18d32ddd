import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkChain } from '../../../domain/audit.ts';
import { databaseSchema } from '../../../domain/names.ts';
import { createAuditLog } from '../../../infra/postgres/audit-log.ts';
import { withClient } from '../../../infra/postgres/connect.ts';
import { openHandle } from '../../../infra/postgres/database.ts';
import { sha256 } from '../../../infra/postgres/digests.ts';
import { migrate } from '../../../infra/postgres/migrate.ts';
import { readMigrations } from '../../../infra/postgres/migrations.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
beforeAll(async () => {
  postgres = await startTestPostgres();
  db = await openTestDatabase(postgres.databaseUrl);
});
afterAll(async () => {
  await db?.close();
  await postgres?.stop();
});

test('many who write at once make one chain, and what is read back is what was hashed', async () => {
  const { audit } = db.stores;
  const odd = 'tab\t, “ünïcode” 🦉, \u0000, \uD800, \\N';
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      audit.append({
        action: i % 2 === 0 ? 'pause' : 'resume',
        by: `person ${i}`,
        via: 'token',
        model: 'm',
        because: odd,
        details: { share: 0.1 + 0.2, tiny: 1e-300, none: null, odd },
      }),
    ),
  );
  const check = await checkChain(audit.all(), sha256);
  const newest = (await audit.list({ limit: 1 }))[0]!;
  expect(check).toEqual({ intact: true, rows: 20, head: newest.hash });
  expect(new Set((await audit.list({ limit: 20 })).map((row) => row.by)).size).toBe(20);
});

test('the newest drill of each model is known, and the newest that found the way back open', async () => {
  const { audit } = db.stores;
  const drill = { action: 'rollback drill', by: 'driftloop' } as const;
  await audit.append({ ...drill, model: 'a', subject: 'v1', details: { seconds: 4 } });
  await audit.append({ ...drill, model: 'a', subject: 'v1', details: { seconds: 2.5 } });
  await audit.append({ ...drill, model: 'a', refused: 'DL_WAY_BACK_BROKEN' });
  await audit.append({ ...drill, model: 'b', refused: 'DL_NO_EARLIER_CHAMPION' });
  await audit.append({ action: 'rollback', by: 'anna', model: 'c', subject: 'v1' });
  const rows = await audit.list({ model: 'a', limit: 10 });
  const at = expect.any(String) as string;
  expect(await audit.drills()).toEqual([
    { model: 'a', at: rows[2]!.at, isOpen: false, latestOpen: { at: rows[1]!.at, seconds: 2.5 } },
    { model: 'b', at, isOpen: false, latestOpen: null },
  ]);
});

test.each([
  ['changed', "update audit set by = 'mallory' where id = 3"],
  ['deleted', 'delete from audit where id = 3'],
  ['emptied', 'truncate audit'],
])('the database refuses that the log is %s', async (_, statement) => {
  await expect(db.handle.pool.query(statement)).rejects.toThrow('the audit log is append-only');
});

test('the database refuses a fork, and the check finds what was done behind the trigger', async () => {
  const { pool } = db.handle;
  const fork = `insert into audit (id, at, by, action, previous, hash)
    select 99, at, 'mallory', action, previous, 'x' from audit where id = 3`;
  await expect(pool.query(fork)).rejects.toThrow('audit_is_one_chain');
  await pool.query('alter table audit disable trigger user');
  await pool.query("update audit set because = 'another reason' where id = 7");
  expect(await checkChain(db.stores.audit.all(), sha256)).toMatchObject({ intact: false, brokenAt: 7 });
});

test('what was written before there was a chain becomes its beginning', async () => {
  const before = { databaseUrl: postgres.databaseUrl, namespace: 'before-the-chain' };
  const schema = databaseSchema(before.namespace);
  try {
    await withClient(before, async (client) => {
      await client.query(`create schema "${schema}"`);
      await client.query('create table migrations (tag text primary key, hash text, applied_at timestamptz)');
      for (const { tag, hash, statements } of readMigrations().filter((m) => m.tag < '0008')) {
        for (const statement of statements) await client.query(statement);
        await client.query('insert into migrations values ($1, $2, now())', [tag, hash]);
      }
      await client.query(
        "insert into audit (by, action, model) values ('ada \u001f\t\"\\ 🦉', 'pause', 'm'), ('gone', 'pause', 'm'), ('bob', 'resume', 'm')",
      );
      await client.query("delete from audit where by = 'gone'");
    });
    await migrate(before.databaseUrl, before.namespace);
    const handle = openHandle(before);
    const audit = createAuditLog(handle);
    await audit.append({ action: 'pause', by: 'cleo' });
    expect(await checkChain(audit.all(), sha256)).toMatchObject({ intact: true, rows: 3 });
    await handle.pool.end();
  } finally {
    await withClient(before, (client) => client.query(`drop schema if exists "${schema}" cascade`));
  }
});
