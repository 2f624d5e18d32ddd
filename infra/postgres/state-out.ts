import type { Readable } from 'node:stream';
import { Client } from 'pg';
import { to } from 'pg-copy-streams';
import { connectionConfig, type Database } from './connect.ts';
import { partitionWeeks, retentionLock } from './partitions.ts';
import { readSequences, rowsOf, stateTables, type Sequence, type StateTable } from './state-tables.ts';

/** The whole state at one moment, table by table. */
export type StateReader = Readonly<{
  weeks: readonly string[];
  tables: readonly StateTable[];
  /** Digests of the artifacts that versions refer to. */
  artifacts: readonly string[];
  /** The rows of a table in the text form of COPY. One at a time. */
  rows(table: StateTable): Readable;
  sequences(): Promise<Sequence[]>;
}>;

/**
 * Reads everything in one transaction: what is written meanwhile is not seen, and nobody waits for it. Ingest and the
 * fold go on; only the retention drops no partitions until it is done.
 */
export async function readState<T>(database: Database, use: (state: StateReader) => Promise<T>): Promise<T> {
  const client = new Client(connectionConfig(database));
  client.on('error', () => {});
  await client.connect();
  try {
    // Dropping a partition would wait for what follows, and whoever comes after it for the drop.
    await client.query(`select pg_advisory_lock_shared(${retentionLock})`);
    // Without a transaction id of its own, or the fold would wait for it.
    await client.query('begin isolation level repeatable read read only');
    await client.query("set local datestyle = 'ISO, YMD'");
    // Each row where it lies, so that the same state is the same bytes.
    await client.query('set local synchronize_seqscans = off');
    const { rows } = await client.query<{ digest: string }>(
      'select distinct digest from versions order by 1',
    );
    const done = await use({
      weeks: await partitionWeeks(client),
      tables: await stateTables(client),
      artifacts: rows.map((r) => r.digest),
      rows: (table) => client.query(to(`copy (${rowsOf(table)}) to stdout`)),
      sequences: () => readSequences(client),
    });
    await client.query('commit');
    return done;
  } finally {
    // Also in the middle of a table: the server notices.
    await client.end().catch(() => {});
  }
}
