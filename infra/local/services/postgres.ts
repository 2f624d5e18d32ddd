import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DriftloopError } from '../../../domain/errors.ts';
import { isPostgresHealthy } from '../probes.ts';
import { runTool } from '../run-tool.ts';
import { isListening } from './is-listening.ts';
import { startService, type Service, type ServiceSetting } from './service.ts';
import { reachableDirectory, reachablePrograms } from './reachable.ts';
import { unprivilegedUser, type User } from './unprivileged.ts';

const ROLE = 'driftloop';
const DATABASE = 'driftloop';

/**
 * PostgreSQL on its own folder, with a generated password.
 *
 * @param isKept false: the data need not survive a power cut, only a kill, which makes commits quicker
 */
export async function startPostgres(
  programs: { initdb: string; postgres: string },
  isKept: boolean,
  setting: ServiceSetting,
): Promise<{ databaseUrl: string; service: Service }> {
  const user = unprivilegedUser();
  const { initdb, postgres } = user ? await reachablePrograms(programs, user) : programs;
  const directory = user ? await reachableDirectory(setting.directory, isKept, user) : setting.directory;
  await mkdir(directory, { recursive: true });
  const password = await keptPassword(setting.directory);
  const data = join(directory, 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(initdb, data, password, user);
  await sameMajorVersion(postgres, data);
  const url = (port: number, database: string) =>
    `postgres://${ROLE}:${password}@127.0.0.1:${port}/${database}`;
  const service = await startService(
    {
      name: 'postgres',
      portCount: 1,
      readyWithinMs: 60_000,
      command: async ([port]) => ({
        command: postgres,
        args: [
          '-D',
          data,
          '-p',
          String(port),
          ...settings({ listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: 200 }),
          ...settings({ fsync: isKept ? 'on' : 'off', log_min_messages: 'warning' }),
        ],
        ...(user ? { user } : {}),
        cwd: directory,
        // SIGINT: roll back and close. SIGTERM would wait for every client to go.
        stopSignal: 'SIGINT',
      }),
      isReady: async ([port]) => (await isListening(port!)) && isPostgresHealthy(url(port!, 'postgres')),
    },
    setting,
  );
  const port = service.ports[0]!;
  await createDatabase(url(port, 'postgres'));
  return { databaseUrl: url(port, DATABASE), service };
}

const settings = (values: Record<string, string | number>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

async function initialise(initdb: string, data: string, password: string, user?: User): Promise<void> {
  // A folder without PG_VERSION is one that an interrupted initdb left.
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { mode: 0o700 });
  const passwordFile = `${data}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [data, passwordFile]) await chown(path, user.uid, user.gid);
  await runTool({
    command: initdb,
    args: [
      `--pgdata=${data}`,
      `--username=${ROLE}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      '--no-sync',
    ],
    cwd: dirname(data),
    ...(user ? { user } : {}),
  });
  await rm(passwordFile);
}

/** The password of the last start: it is in the data. */
async function keptPassword(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'password');
  if (!existsSync(file)) await writeFile(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return readFile(file, 'utf8');
}

/** Data of one major version cannot be opened by another; better said here than in PostgreSQL's log. */
async function sameMajorVersion(postgres: string, data: string): Promise<void> {
  const kept = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  const said = await runTool({ command: postgres, args: ['--version'] });
  const major = /(\d+)/.exec(said)?.[1];
  if (major === kept) return;
  throw new DriftloopError(
    'DL_POSTGRES_VERSION',
    `${data} was written by PostgreSQL ${kept}, and ${postgres} is version ${major}.`,
    { fix: `Put PostgreSQL ${kept} on PATH, or remove the folder to begin with empty data.` },
  );
}

async function createDatabase(url: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}
