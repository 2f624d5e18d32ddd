import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { databaseSchema } from '../../domain/names.ts';
import { openPool, type Database } from './connect.ts';

/** What the stores share: one pool, seen by drizzle and raw, and the name of the schema. */
export type Handle = Readonly<{ pool: pg.Pool; db: NodePgDatabase; schema: string }>;
export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

export function openHandle(database: Database, poolSize?: number): Handle {
  const pool = openPool(database, poolSize);
  return { pool, db: drizzle({ client: pool }), schema: databaseSchema(database.namespace) };
}

/** The name of the lock that keeps a model's fold and its promotions apart. */
export const foldLock = (schema: string, model: string): string => `driftloop fold ${schema} ${model}`;

/** Waits for an advisory lock that ends with the transaction. */
export const lockUntilCommit = (tx: Transaction, name: string) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`);

/** Runs `work` in a transaction of its own connection; a connection that cannot roll back is thrown away. */
export async function transaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // The server may go away while the connection is ours; the query in flight fails, and that is enough.
  const onError = (error: Error) => (broken = error);
  client.on('error', onError);
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((e: Error) => (broken = e));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
