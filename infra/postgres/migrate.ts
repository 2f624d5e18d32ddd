import type pg from 'pg';
import { DriftloopError } from '../../domain/errors.ts';
import { databaseSchema } from '../../domain/names.ts';
import { withClient } from './connect.ts';
import { readMigrations, type Migration } from './migrations.ts';

type Applied = { tag: string; hash: string };

/**
 * Brings the schema of a namespace up to date, in one transaction. Several may try at once: an advisory lock lets
 * one work and the others find it done.
 *
 * @returns the tags of the migrations that were applied now
 * @throws DL_SCHEMA_NEWER when the schema was migrated by a newer Driftloop
 */
export async function migrate(databaseUrl: string, namespace: string): Promise<string[]> {
  return await withClient({ databaseUrl, namespace }, async (client) => {
    await client.query('begin');
    const tags = await migrateWithin(client, namespace);
    await client.query('commit');
    return tags;
  });
}

/** The same inside a transaction that has begun; the lock is held until its end. */
export async function migrateWithin(client: pg.Client, namespace: string): Promise<string[]> {
  const schema = databaseSchema(namespace);
  await client.query("select pg_advisory_xact_lock(hashtextextended('driftloop migrate ' || $1, 0))", [
    schema,
  ]);
  await client.query(`create schema if not exists "${schema}"`);
  await client.query(`create table if not exists migrations (
    tag text primary key, hash text not null, applied_at timestamptz(3) not null default now())`);
  const todo = pending(readMigrations(), await applied(client), schema);
  for (const migration of todo) {
    for (const statement of migration.statements) await client.query(statement);
    await client.query('insert into migrations (tag, hash) values ($1, $2)', [migration.tag, migration.hash]);
  }
  return todo.map((m) => m.tag);
}

/** Refuses a schema that this Driftloop does not know: DL_SCHEMA_OLDER or DL_SCHEMA_NEWER. */
export async function checkSchema(databaseUrl: string, namespace: string): Promise<void> {
  const schema = databaseSchema(namespace);
  await withClient({ databaseUrl, namespace }, async (client) => {
    const exists = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
      `"${schema}".migrations`,
    ]);
    const done = exists.rows[0]?.found ? await applied(client) : [];
    const missing = pending(readMigrations(), done, schema);
    if (missing.length === 0) return;
    throw new DriftloopError(
      'DL_SCHEMA_OLDER',
      `The database schema "${schema}" lacks ${missing.length} of the migrations of this Driftloop: ${missing.map((m) => m.tag).join(', ')}.`,
      { fix: 'driftloop migrate' },
    );
  });
}

const applied = async (client: pg.Client): Promise<Applied[]> =>
  (await client.query<Applied>('select tag, hash from migrations order by tag')).rows;

/** What is still to be done; throws where the database knows something that we do not. */
function pending(known: readonly Migration[], done: readonly Applied[], schema: string): Migration[] {
  const hashes = new Map(known.map((m) => [m.tag, m.hash]));
  const foreign = done.filter((m) => hashes.get(m.tag) !== m.hash).map((m) => m.tag);
  if (foreign.length > 0) {
    throw new DriftloopError(
      'DL_SCHEMA_NEWER',
      `The database schema "${schema}" has migrations that this Driftloop does not know: ${foreign.join(', ')}.`,
      { fix: 'Run the Driftloop version that migrated it, or a newer one; then: driftloop migrate' },
    );
  }
  const tags = new Set(done.map((m) => m.tag));
  return known.filter((m) => !tags.has(m.tag));
}
