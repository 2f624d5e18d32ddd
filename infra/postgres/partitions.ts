import type pg from 'pg';
import { uuidTimeMs } from '../../domain/messages.ts';
import { transaction } from './database.ts';

const tables = ['predictions', 'feedback', 'examples'] as const;
const dayMs = 86_400_000;

/** Formatting a date costs more than all else here, and there are few weeks. */
const mondays = new Map<number, string>();

/** The Monday (UTC) of the week of a moment, as YYYY-MM-DD: the name of its partition. */
export function bucketOfTime(ms: number): string {
  // Day 0 of the epoch was a Thursday: weeks begin three days before it.
  const week = Math.floor((Math.floor(ms / dayMs) + 3) / 7);
  let monday = mondays.get(week);
  if (monday === undefined) {
    monday = new Date((week * 7 - 3) * dayMs).toISOString().slice(0, 10);
    mondays.set(week, monday);
  }
  return monday;
}

/** The partition of a prediction and of all that belongs to it, from its id alone. */
export const bucketOf = (predictionId: string): string => bucketOfTime(uuidTimeMs(predictionId));

const weekAfter = (bucket: string): string => bucketOfTime(Date.parse(bucket) + 7 * dayMs);
const nameOf = (table: string, bucket: string): string => `${table}_${bucket.replaceAll('-', '_')}`;
const alone =
  "select pg_advisory_xact_lock(hashtextextended('driftloop partitions ' || current_schema(), 0))";
/** Held shared by whoever reads all partitions for a while: none is dropped from under it. */
export const retentionLock = "hashtextextended('driftloop retention ' || current_schema(), 0)";

/**
 * Creates the partitions of some weeks where they are missing. Safe to repeat and side by side. A new table is
 * attached, not created in place: that lets readers and writers of the other partitions go on.
 */
export async function ensurePartitions(pool: pg.Pool, buckets: readonly string[]): Promise<void> {
  await transaction(pool, (client) => createPartitions(client, buckets));
}

/** The same inside a transaction that has begun. */
export async function createPartitions(client: pg.ClientBase, buckets: readonly string[]): Promise<void> {
  await client.query(alone);
  const existing = new Set(await partitionNames(client));
  for (const bucket of new Set(buckets)) {
    for (const table of tables) {
      const name = nameOf(table, bucket);
      if (existing.has(name)) continue;
      await client.query(`create table ${name} (like ${table} including all)`);
      await client.query(
        `alter table ${table} attach partition ${name} for values from ('${bucket}') to ('${weekAfter(bucket)}')`,
      );
    }
  }
}

/**
 * Drops every partition whose whole week is before a moment.
 *
 * @returns the names of the dropped tables; null, and nothing is dropped, while a backup is being taken
 */
export async function dropPartitionsBefore(pool: pg.Pool, before: Date): Promise<string[] | null> {
  const firstKept = bucketOfTime(before.getTime());
  return await transaction(pool, async (client) => {
    const lock = await client.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock(${retentionLock}) as mine`,
    );
    if (lock.rows[0]?.mine !== true) return null;
    await client.query(alone);
    const names = await partitionNames(client);
    const old = names.filter((name) => weekOf(name) < firstKept);
    for (const name of old) await client.query(`drop table ${name}`);
    return old;
  });
}

const weekOf = (name: string): string => name.slice(-10).replaceAll('_', '-');

/** The weeks that have partitions, by their Mondays. */
export const partitionWeeks = async (client: pg.ClientBase): Promise<string[]> =>
  [...new Set((await partitionNames(client)).map(weekOf))].sort();

const partitionNames = async (client: pg.ClientBase): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_inherits i
       join pg_class c on c.oid = i.inhrelid
      where i.inhparent = any ($1::text[]::regclass[])`,
    [[...tables]],
  );
  return rows.map((r) => r.name).sort();
};
