import { Client, Pool, types as defaultTypes } from 'pg';
import type { ClientConfig, CustomTypesConfig, PoolClient, PoolConfig } from 'pg';
import { DriftloopError } from '../../domain/errors.ts';
import { databaseSchema } from '../../domain/names.ts';
import { postgresProblem } from './reach.ts';

export type Database = { databaseUrl: string; namespace: string };

/** bigint columns are counts and sequence numbers here: far below 2^53. Offsets are cast to text where it matters. */
const int8 = 20;
const types: CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text' | 'binary') =>
    id === int8 && format !== 'binary'
      ? Number
      : defaultTypes.getTypeParser(id, format)) as typeof defaultTypes.getTypeParser,
};

/** By what the server knows our connections of a namespace; it keeps the first 63 letters of a name. */
export const applicationName = (namespace: string): string =>
  `driftloop ${databaseSchema(namespace)}`.slice(0, 63);

/** What a connection of a namespace is: the search_path is its schema alone, so that no statement needs to name it. */
export const connectionConfig = ({ databaseUrl, namespace }: Database): ClientConfig => ({
  connectionString: databaseUrl,
  // Statements here are short and many: compiling one takes longer than running it.
  options: `-c search_path=${databaseSchema(namespace)} -c timezone=UTC -c jit=off`,
  application_name: applicationName(namespace),
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  types,
});

export function openPool(database: Database, size = 10): Pool {
  const pool = new PatientPool(database.databaseUrl, { ...connectionConfig(database), max: size });
  // A connection that dies while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {});
  return pool;
}

type Connected = (error: Error | undefined, client: PoolClient | undefined, done: () => void) => void;

/** A pool that says in our words why it cannot connect. Whoever holds one tries again: a password may be on its way. */
class PatientPool extends Pool {
  readonly #databaseUrl: string;
  constructor(databaseUrl: string, config: PoolConfig) {
    super(config);
    this.#databaseUrl = databaseUrl;
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    if (callback === undefined)
      return super.connect().catch((error: unknown) => {
        throw this.#inOurWords(error);
      });
    super.connect((error, client, done) =>
      callback(error ? this.#inOurWords(error) : undefined, client, done),
    );
  }

  #inOurWords(error: unknown): Error {
    const problem = postgresProblem(this.#databaseUrl, error);
    if (problem instanceof DriftloopError && !problem.retryable)
      return new DriftloopError(problem.code, problem.message, {
        fix: problem.fix,
        retryable: true,
        cause: error,
      });
    return problem as Error;
  }
}

/** One connection for one piece of work. Throws DL_POSTGRES_UNREACHABLE, DL_POSTGRES_REFUSED. */
export async function withClient<T>(database: Database, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connectionConfig(database));
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw postgresProblem(database.databaseUrl, error);
  } finally {
    await client.end().catch(() => {});
  }
}
