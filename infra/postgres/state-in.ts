import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from } from 'pg-copy-streams';
import { databaseSchema } from '../../domain/names.ts';
import { applicationName, withClient, type Database } from './connect.ts';
import { migrateWithin } from './migrate.ts';
import { createPartitions } from './partitions.ts';
import { stateTables, type Sequence } from './state-tables.ts';

/** Where a state is put back to, table by table. */
export type StateWriter = Readonly<{
  /** Takes the next piece of a table; the pieces of a table come one after the other. */
  write(table: string, columns: readonly string[], piece: Buffer): Promise<void>;
  /** Ends the table that is being written. @returns its rows */
  endTable(): Promise<number>;
  setSequences(sequences: readonly Sequence[]): Promise<void>;
}>;

export type Occupied = Readonly<{
  /** Tables that have rows. */
  tables: readonly string[];
  models: readonly string[];
  /** Connections of other Driftloop processes to this namespace. */
  sessions: number;
}>;

/** What stands in a namespace, and who uses it. */
export const lookAround = (database: Database): Promise<Occupied> =>
  withClient(database, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      `select count(*) as n from pg_stat_activity
        where datname = current_database() and application_name = $1 and pid <> pg_backend_pid()`,
      [applicationName(database.namespace)],
    );
    const sessions = rows[0]!.n;
    if (!(await schemaExists(client, database))) return { tables: [], models: [], sessions };
    const tables: string[] = [];
    for (const { name } of await stateTables(client)) {
      const { rows: some } = await client.query<{ some: boolean }>(
        `select exists (select 1 from "${name}") as some`,
      );
      if (some[0]!.some) tables.push(name);
    }
    const models = tables.includes('models')
      ? (await client.query<{ name: string }>('select name from models order by 1')).rows.map((r) => r.name)
      : [];
    return { tables, models, sessions };
  });

const schemaExists = async (client: pg.Client, { namespace }: Database): Promise<boolean> =>
  (
    await client.query<{ found: boolean }>('select to_regnamespace($1) is not null as found', [
      databaseSchema(namespace),
    ])
  ).rows[0]!.found;

/**
 * Replaces the state of a namespace by what `fill` writes, in one transaction: until it has ended, and if it fails,
 * everything is as it was.
 */
export const replaceState = (
  database: Database,
  weeks: readonly string[],
  fill: (writer: StateWriter) => Promise<void>,
): Promise<void> =>
  withClient(database, async (client) => {
    await client.query('begin');
    await client.query(`drop schema if exists "${databaseSchema(database.namespace)}" cascade`);
    await migrateWithin(client, database.namespace);
    await createPartitions(client, weeks);
    await client.query("set local datestyle = 'ISO, YMD'");
    await fill(createWriter(client));
    // Until somebody has counted, the planner takes a full table for an empty one.
    for (const { name } of await stateTables(client)) await client.query(`analyze "${name}"`);
    await client.query('commit');
  });

function createWriter(client: pg.Client): StateWriter {
  let open: { table: string; copy: ReturnType<typeof from>; done: Promise<void> } | null = null;
  const endTable = async (): Promise<number> => {
    if (open === null) return 0;
    const { copy, done } = open;
    open = null;
    copy.end();
    await done;
    return copy.rowCount;
  };
  return {
    async write(table, columns, piece) {
      if (open?.table !== table) {
        await endTable();
        const list = columns.map((c) => `"${c.replaceAll('"', '""')}"`).join(', ');
        const copy = client.query(from(`copy "${table}" (${list}) from stdin`));
        open = { table, copy, done: finished(copy) };
        open.done.catch(() => {});
      }
      const { copy, done } = open;
      if (!copy.write(piece)) await Promise.race([once(copy, 'drain'), done]);
    },
    endTable,
    async setSequences(sequences) {
      for (const { name, last, isCalled } of sequences) {
        await client.query('select setval($1::regclass, $2, $3)', [`"${name}"`, last, isCalled]);
      }
    },
  };
}
