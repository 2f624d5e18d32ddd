import { Client, Pool, types as defaultTypes } from 'pg';
import type { ClientConfig, CustomTypesConfig } from 'pg';
import { databaseSchema } from '../../domain/names.ts';

export type Database = { databaseUrl: string; namespace: string };

/** bigint columns are counts and sequence numbers here: far below 2^53. Offsets are cast to text where it matters. */
const int8 = 20;
const types: CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text' | 'binary') =>
    id === int8 && format !== 'binary'
      ? Number
      : defaultTypes.getTypeParser(id, format)) as typeof defaultTypes.getTypeParser,
};

/** What a connection of a namespace is: the search_path is its schema alone, so that no statement needs to name it. */
export const connectionConfig = ({ databaseUrl, namespace }: Database): ClientConfig => ({
  connectionString: databaseUrl,
  options: `-c search_path=${databaseSchema(namespace)} -c timezone=UTC`,
  application_name: 'driftloop',
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  types,
});

export function openPool(database: Database, size = 10): Pool {
  const pool = new Pool({ ...connectionConfig(database), max: size });
  // A connection that dies while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {});
  return pool;
}

/** One connection for one piece of work. */
export async function withClient<T>(database: Database, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connectionConfig(database));
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
