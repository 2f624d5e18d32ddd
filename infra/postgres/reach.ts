import { Client } from 'pg';
import { DriftloopError, ourError, withoutPassword } from '../../domain/errors.ts';
import { codeOf } from './database-errors.ts';

/** Longer than a healthy server takes to answer. */
const PATIENCE_MS = 3_000;

/**
 * Asks PostgreSQL who it is.
 *
 * @throws DL_POSTGRES_UNREACHABLE, DL_POSTGRES_REFUSED
 */
export async function reachPostgres(databaseUrl: string): Promise<{ version: string }> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: PATIENCE_MS });
  // An error between queries must not end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return { version: rows[0]!.server_version.split(' ')[0]! };
  } catch (error) {
    throw postgresProblem(databaseUrl, error);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Connections, resources and the operator: what passes. */
const passing = /^(08|53|57P)|^E(CONN|HOST|NET|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN)/;
/** Who asks, for which database, with which right, over which TLS. */
const refusing = /^(28|3D000|42501)|CERT|^ERR_TLS|^ERR_SSL/;
/** pg has no code for these. */
const passingWords = /timeout expired|timeout exceeded|connection terminated/i;
const refusingWords = /^SASL|does not support SSL/i;

/** An error of a connection in our words; any other as it is. */
export function postgresProblem(databaseUrl: string, error: unknown): unknown {
  if (ourError(error) !== null || !(error instanceof Error)) return error;
  const code = codeOf(error) ?? '';
  const at = `PostgreSQL at ${withoutPassword(databaseUrl)}`;
  const why = error.message === '' ? code : error.message;
  if (refusing.test(code) || refusingWords.test(why))
    return new DriftloopError('DL_POSTGRES_REFUSED', `${at} refuses: ${why}`, {
      fix: 'Correct the user, the password and the database in DATABASE_URL, or create them.',
      cause: error,
    });
  if (passing.test(code) || passingWords.test(why))
    return new DriftloopError('DL_POSTGRES_UNREACHABLE', `${at} cannot be reached: ${why}`, {
      fix: 'See that it runs and that DATABASE_URL is its address; "driftloop doctor" checks it.',
      cause: error,
    });
  return error;
}
