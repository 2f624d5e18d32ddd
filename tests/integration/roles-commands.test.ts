import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createProgram } from '../../cli/main.ts';
import { parseConfig } from '../../domain/config.ts';
import { everyModel, roles, rolesWith } from '../../domain/person.ts';
import type { Right } from '../../domain/person.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { takeBackup } from '../../infra/backup/take-backup.ts';
import { typeHere } from '../support/command-line.ts';
import { askedByBob, makeEverybody } from '../support/everybody.ts';
import type { Comer } from '../support/everybody.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../support/test-database.ts';

/**
 * Every command, and everybody who may type it. Whoever is let through comes as far as a service that is not there, or a
 * file that is none: what the commands then do is tested elsewhere.
 */

const model = 'meter';
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
let folder: string;
let everybody: Record<Comer, string | undefined>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-roles-'));
  postgres = await startTestPostgres();
  db = await openTestDatabase(postgres.databaseUrl);
  const declared = {
    namespace: db.namespace,
    models: [model, 'another'].map((name) => ({
      name,
      task: { kind: 'classification', labels: ['UP', 'DOWN'] },
      input: { price: { kind: 'number' } },
    })),
  };
  await writeFile(path.join(folder, 'driftloop.config.ts'), `export default ${JSON.stringify(declared)};\n`);
  const { digest: configDigest } = await db.stores.models.apply(parseConfig(declared), 'a test');
  for (const [id, of] of [
    ['r0', model],
    ['of-another', 'another'],
    ['r1', model],
  ] as const) {
    await db.stores.runs.begin({ id, model: of, trigger: askedByBob, configDigest, labelledAtStart: 0 });
    if (id !== 'r1') await db.stores.runs.end(id, { kind: 'failed', sentence: 'Over.' });
  }
  await takeBackup({
    file: path.join(folder, 'taken.tar.gz'),
    ...db,
    artifacts: createFolderStore(path.join(folder, 'artifacts')),
    skipMissingArtifacts: false,
  });
  everybody = await makeEverybody(db.stores.tokens, 'the-token-of-the-installation');
  // A client with a certificate that is none fails at once, where one that nobody answers waits ten seconds.
  const noCertificate = path.join(folder, 'no-certificate');
  await writeFile(noCertificate, 'none');
  for (const [name, value] of Object.entries({
    DRIFTLOOP_TEMPORAL_TLS_CERT: noCertificate,
    DRIFTLOOP_TEMPORAL_TLS_KEY: noCertificate,
    DATABASE_URL: db.databaseUrl,
    DRIFTLOOP_NAMESPACE: db.namespace,
    DRIFTLOOP_TEMPORAL_ADDRESS: '127.0.0.1:1',
    DRIFTLOOP_KAFKA_BROKERS: '127.0.0.1:1',
    DRIFTLOOP_PROMETHEUS_URL: 'http://127.0.0.1:1',
    DRIFTLOOP_ARTIFACTS: path.join(folder, 'artifacts'),
  }))
    vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await db?.close();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

type Asking = Readonly<{
  command: string;
  /** `anybody known` for what shows each what is theirs. */
  asks: Right | 'anybody known';
  of: string;
  args: readonly string[];
}>;
const about = (command: string, asks: Asking['asks'], ...args: string[]): Asking => ({
  command,
  asks,
  of: model,
  args,
});
/** What concerns the installation, or all of its models. */
const ofAll = (command: string, asks: Right, ...args: string[]): Asking => ({
  ...about(command, asks, ...args),
  of: everyModel,
});

/** Commands that ask for a right, and how they are typed. */
const asking: readonly Asking[] = [
  about('status', 'anybody known'),
  about('status', 'view', model),
  ofAll('apply', 'apply'),
  ofAll('plan', 'view'),
  // Of the config that is applied; with --config it works on a file.
  ofAll('rules', 'view'),
  ofAll('backup', 'apply', '--out', 'no-folder/all.tar.gz'),
  // Of a namespace that has something; in an empty one nobody is known.
  ofAll('restore', 'apply', 'taken.tar.gz'),
  about('model list', 'anybody known'),
  about('model show', 'view', model),
  about('model bootstrap', 'import', model, '--data', 'none.csv', '--label', 'class'),
  about('model pause', 'pause', model),
  about('model resume', 'resume', model),
  about('run list', 'anybody known'),
  about('run list', 'view', model),
  about('run show', 'view', 'r1'),
  about('run show', 'view', 'r1', '--dossier'),
  about('run watch', 'view', 'r0'),
  about('run export', 'view', 'r1', '--out', 'mlruns'),
  about('run start', 'start', model),
  about('run approve', 'decide', 'r1', '--reason', 'good'),
  about('run force', 'force', 'r1', '--reason', 'needed'),
  about('run reject', 'decide', 'r1', '--reason', 'bad'),
  about('explain', 'view', 'r1'),
  about('verify', 'view', 'r1'),
  about('rollout show', 'view', model),
  about('rollout pause', 'pause', model),
  about('rollout resume', 'resume', model),
  about('rollout skip', 'start', model, '--reason', 'known'),
  about('rollout abort', 'rollback', model, '--reason', 'harm'),
  about('version list', 'view', model),
  about('version compare', 'view', model, 'v1', 'v2'),
  // Artifacts are for whoever may look, as at the door of the console.
  about('version export', 'view', model, 'v1', '--out', 'v1'),
  { ...about('version import', 'import', 'none', '--model', 'undeclared'), of: 'undeclared' },
  about('version sign', 'import', model),
  about('version rollback', 'rollback', model),
  about('rollback drill', 'rollback', model),
  // Of the history of a model; with --data it works on a file.
  about('drift report', 'view', model, '--out', 'page.html'),
  about('drift score', 'view', model),
  about('golden list', 'view', model),
  about('golden add', 'apply', model, '--data', 'none.csv', '--label', 'class'),
  about('golden sample', 'apply', model),
  about('golden retire', 'apply', model, 'none', '--reason', 'over'),
  about('label export', 'teach', model, '--out', 'tasks.json'),
  about('label import', 'teach', model, 'none.json'),
  ofAll('topic reread', 'apply', 'predictions'),
  ofAll('token create', 'people', 'cleo', '--role', 'viewer'),
  ofAll('token list', 'people'),
  ofAll('token revoke', 'people', 'nobody-has-this-name'),
  ofAll('audit list', 'audit'),
  ofAll('audit verify', 'audit'),
  ofAll('webhook list', 'apply'),
  ofAll('webhook deliveries', 'apply'),
  ofAll('webhook test', 'apply', 'no-webhook-has-this-name'),
  ofAll('webhook retry', 'apply', 'no-webhook-has-this-name'),
];

const roleCommands = ['server', 'monitor', 'worker', 'console'];

/** The others ask nobody, by the reason why. */
const open: Readonly<Record<string, readonly string[]>> = {
  'works on files and opens no installation': [
    'init',
    'finetune',
    'evaluate',
    'predict',
    'gate',
    'drift check',
    'completion',
  ],
  'starts an installation of its own, of whoever starts it': ['demo', 'dev'],
  'is a part of the installation: it carries its token, and refuses that of a person': roleCommands,
  'says whether processes of this machine answer, and reads nothing of them': ['doctor'],
  'makes the tables that say who may what, with the database alone': ['migrate'],
};

const leaves = (command: Command, words: string[] = []): string[] =>
  command.commands.flatMap((child) => {
    const name = [...words, child.name()];
    return child.commands.length > 0 ? leaves(child, name) : [name.join(' ')];
  });

test('every command has its row here', () => {
  const named = [...new Set(asking.map(({ command }) => command)), ...Object.values(open).flat()];
  expect(leaves(createProgram()).toSorted()).toEqual(named.toSorted());
});

const kept = [
  'DL_ENVIRONMENT_INCOMPLETE',
  'DL_UNAUTHORISED',
  'DL_TOKEN_EXPIRED',
  'DL_TOKEN_REVOKED',
  'DL_FORBIDDEN',
  'DL_OTHER_MODEL',
] as const;

const typed = (comer: Comer, ...words: string[]) => {
  vi.stubEnv('DRIFTLOOP_TOKEN', everybody[comer]);
  return typeHere(folder, ...words, '--json');
};

/** By which code somebody is kept from a command; null where they are let through. */
async function keptFrom({ command, args }: Asking, comer: Comer): Promise<string | null> {
  const { out, err } = await typed(comer, ...command.split(' '), ...args);
  const code = kept.find((one) => err.includes(one)) ?? null;
  // Whoever is refused is told why and nothing else.
  if (code !== null) expect(out).toBe('');
  return code;
}

const known = ['installation', ...roles, 'admin of another model'] as const;

describe.each(asking)('$command $args asks for $asks of $of', (row) => {
  // With any token that is no person's, whoever has the database is an admin; with none there is no installation to open.
  test.each(['nobody', ...known] as const)('%s', async (comer) => {
    const code = comer === 'nobody' ? 'DL_ENVIRONMENT_INCOMPLETE' : refusal(comer, row);
    expect(await keptFrom(row, comer)).toBe(code);
  });
});

test.each([
  ['garbage', 'DL_UNAUTHORISED'],
  ['expired', 'DL_TOKEN_EXPIRED'],
  ['revoked', 'DL_TOKEN_REVOKED'],
] as const)('with a token that is %s nobody is known: %s', async (comer, code) => {
  const some = [
    about('status', 'anybody known'),
    about('model list', 'anybody known'),
    about('run list', 'anybody known'),
    about('run show', 'view', 'r1'),
    about('model pause', 'pause', model),
    ofAll('token create', 'people', 'cleo', '--role', 'viewer'),
    ofAll('restore', 'apply', 'taken.tar.gz'),
  ];
  for (const row of some) expect([row.command, await keptFrom(row, comer)]).toEqual([row.command, code]);
});

function refusal(comer: (typeof known)[number], { asks, of }: Asking): string | null {
  if (comer === 'installation' || asks === 'anybody known') return null;
  if (comer === 'admin of another model') return of === 'another' ? null : 'DL_OTHER_MODEL';
  return rolesWith(asks).includes(comer) ? null : 'DL_FORBIDDEN';
}

test('whoever may see some models only finds no other, nor a run of it', async () => {
  const found = async (comer: Comer) => {
    const models = JSON.parse((await typed(comer, 'model', 'list')).out) as { name: string }[];
    const status = JSON.parse((await typed(comer, 'status')).out) as { models: { model: string }[] };
    const runs = JSON.parse((await typed(comer, 'run', 'list')).out) as { id: string }[];
    return [
      models.map(({ name }) => name).toSorted(),
      status.models.map((one) => one.model).toSorted(),
      runs.map(({ id }) => id),
    ];
  };
  const both = ['another', model];
  expect(await found('viewer')).toEqual([both, both, ['r1', 'of-another', 'r0']]);
  expect(await found('installation')).toEqual(await found('viewer'));
  expect(await found('admin of another model')).toEqual([['another'], ['another'], ['of-another']]);
  expect(await found('client')).toEqual([[], [], []]);
});

test('a role refuses the token of a person, an admin too', async () => {
  for (const role of roleCommands) {
    const { code, err } = await typed('admin', role);
    expect([role, code, err.includes('DL_ENVIRONMENT_INVALID')]).toEqual([role, 1, true]);
  }
});

test('what was done and what was refused stands in the log by the name of the token; on this machine by its user', async () => {
  const rows = await db.stores.audit.list({ limit: 10_000 });
  const made = rows.filter(
    ({ action, details }) => action === 'create token' && details?.['name'] === 'cleo',
  );
  expect(made.map(({ by, via }) => [by, via]).toSorted()).toEqual([
    [expect.any(String), 'local'],
    ['the admin', 'token'],
  ]);
  expect(rows).toContainEqual(
    expect.objectContaining({
      by: 'the viewer',
      via: 'token',
      model,
      subject: 'decide',
      refused: 'DL_FORBIDDEN',
    }),
  );
  expect(rows).toContainEqual(expect.objectContaining({ by: 'eve', refused: 'DL_TOKEN_EXPIRED' }));
});
