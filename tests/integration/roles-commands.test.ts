import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createProgram } from '../../cli/main.ts';
import { parseConfig } from '../../domain/config.ts';
import { everyModel, roles, rolesWith } from '../../domain/person.ts';
import type { Right } from '../../domain/person.ts';
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
  await db.stores.runs.begin({ id: 'r1', model, trigger: askedByBob, configDigest, labelledAtStart: 0 });
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

/** Commands that ask for a right, and how they are typed. */
const asking: Record<string, { right: Right; of?: string; args: string[] }> = {
  apply: { right: 'apply', of: everyModel, args: [] },
  'model bootstrap': { right: 'import', args: [model, '--data', 'none.csv', '--label', 'class'] },
  'model pause': { right: 'pause', args: [model] },
  'model resume': { right: 'resume', args: [model] },
  'run start': { right: 'start', args: [model] },
  'run approve': { right: 'decide', args: ['r1', '--reason', 'good'] },
  'run force': { right: 'force', args: ['r1', '--reason', 'needed'] },
  'run reject': { right: 'decide', args: ['r1', '--reason', 'bad'] },
  'rollout show': { right: 'view', args: [model] },
  'rollout pause': { right: 'pause', args: [model] },
  'rollout resume': { right: 'resume', args: [model] },
  'rollout skip': { right: 'start', args: [model, '--reason', 'known'] },
  'rollout abort': { right: 'rollback', args: [model, '--reason', 'harm'] },
  'version import': { right: 'import', of: 'undeclared', args: ['none', '--model', 'undeclared'] },
  'version sign': { right: 'import', args: [model] },
  'version rollback': { right: 'rollback', args: [model] },
  'rollback drill': { right: 'rollback', args: [model] },
  'golden add': { right: 'apply', args: [model, '--data', 'none.csv', '--label', 'class'] },
  'golden sample': { right: 'apply', args: [model] },
  'golden retire': { right: 'apply', args: [model, 'none', '--reason', 'over'] },
  'label export': { right: 'teach', args: [model, '--out', 'tasks.json'] },
  'label import': { right: 'teach', args: [model, 'none.json'] },
  'topic reread': { right: 'apply', of: everyModel, args: ['predictions'] },
  'token create': { right: 'people', of: everyModel, args: ['cleo', '--role', 'viewer'] },
  'token list': { right: 'people', of: everyModel, args: [] },
  'token revoke': { right: 'people', of: everyModel, args: ['nobody-has-this-name'] },
  'audit list': { right: 'audit', of: everyModel, args: [] },
  'audit verify': { right: 'audit', of: everyModel, args: [] },
  'webhook list': { right: 'apply', of: everyModel, args: [] },
  'webhook deliveries': { right: 'apply', of: everyModel, args: [] },
  'webhook test': { right: 'apply', of: everyModel, args: ['no-webhook-has-this-name'] },
  'webhook retry': { right: 'apply', of: everyModel, args: ['no-webhook-has-this-name'] },
};
/** The others: they read, work on files, are a role, or ask for the database itself and nothing else. */
const open =
  `demo, init, dev, doctor, migrate, plan, rules, backup, restore, server, monitor, worker, console,
  status, model list, model show, run list, run show, run watch, run export, version export, explain, verify, version list, version compare, golden list,
  finetune, evaluate, predict, gate, drift report, drift score, drift check, completion`.split(/,\s+/);

const leaves = (command: Command, words: string[] = []): string[] =>
  command.commands.flatMap((child) => {
    const name = [...words, child.name()];
    return child.commands.length > 0 ? leaves(child, name) : [name.join(' ')];
  });

test('every command has its row here', () => {
  expect(leaves(createProgram()).toSorted()).toEqual([...Object.keys(asking), ...open].toSorted());
});

const kept = [
  'DL_UNAUTHORISED',
  'DL_TOKEN_EXPIRED',
  'DL_TOKEN_REVOKED',
  'DL_FORBIDDEN',
  'DL_OTHER_MODEL',
] as const;

/** By which code somebody is kept from a command; null where they are let through. */
async function keptFrom(command: string, comer: Comer): Promise<string | null> {
  vi.stubEnv('DRIFTLOOP_TOKEN', everybody[comer]);
  const { err } = await typeHere(folder, ...command.split(' '), ...asking[command]!.args, '--json');
  return kept.find((code) => err.includes(code)) ?? null;
}

// Without a token the environment is incomplete; with any that is no person's, whoever has the database is an admin.
const known = ['installation', ...roles, 'admin of another model'] as const;

describe.each(Object.entries(asking))('%s', (command, { right, of = model }) => {
  test.each(known)('%s', async (comer) => {
    expect(await keptFrom(command, comer)).toBe(refusal(comer, right, of));
  });
});

test.each([
  ['garbage', 'DL_UNAUTHORISED'],
  ['expired', 'DL_TOKEN_EXPIRED'],
  ['revoked', 'DL_TOKEN_REVOKED'],
] as const)('with a token that is %s nobody is known: %s', async (comer, code) => {
  for (const command of ['model pause', 'token create']) expect(await keptFrom(command, comer)).toBe(code);
});

function refusal(comer: (typeof known)[number], right: Right, of: string): string | null {
  if (comer === 'installation') return null;
  if (comer === 'admin of another model') return of === 'another' ? null : 'DL_OTHER_MODEL';
  return rolesWith(right).includes(comer) ? null : 'DL_FORBIDDEN';
}

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
