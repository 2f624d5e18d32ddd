import process from 'node:process';
import { addTemplate, startOwnPostgres, variable } from './test-database.ts';

/** As many as there are workers (vitest.config.ts). */
const SERVERS = 2;

/**
 * A server for each worker, where every file makes a database of its own: to start a server takes two seconds. Files
 * side by side do not share one, since the fold waits for whatever transaction is open on the server (fold-store.ts).
 */
export async function setup(): Promise<() => Promise<void>> {
  const servers = await Promise.all(Array.from({ length: SERVERS }, startOwnPostgres));
  await Promise.all(servers.map(({ databaseUrl }) => addTemplate(databaseUrl)));
  process.env[variable] = servers.map(({ databaseUrl }) => databaseUrl).join(' ');
  return async () => void (await Promise.all(servers.map((server) => server.stop())));
}
