import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { files, loadConfig, rules } from '../../cli/operate/index.ts';
import { typeHere } from '../support/command-line.ts';

/** What is typed and what is imported are one thing: the same value comes of both. */

let folder: string;
const at = (...names: string[]) => path.join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-operate-'));
  const errors = Array.from({ length: 400 }, (_, i) => (i < 200 ? i % 10 === 0 : i % 2 === 0));
  await writeFile(at('errors.csv'), `wrong\n${errors.map(Number).join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const printed = async (...args: string[]): Promise<unknown> => {
  const { code, out, err } = await typeHere(folder, ...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
};

test('drift check', async () => {
  const answer = await files.drift.check({ method: 'adwin', input: at('errors.csv'), column: ['wrong'] });
  expect(answer).toMatchObject({ driftIndices: [expect.any(Number)] });
  expect(
    await printed('drift', 'check', '--method', 'adwin', '--input', 'errors.csv', '--column', 'wrong'),
  ).toEqual(answer);
});

test('init, and the rules of what it declares', async () => {
  const answer = await files.init({ folder: at('by-program'), template: 'tabular' });
  expect(await printed('init', 'typed', '--template', 'tabular', '--yes')).toEqual({
    ...answer,
    folder: 'typed',
  });
  const config = await loadConfig(at('by-program', 'driftloop.config.ts'));
  const pieces = await rules(config, { evaluation: '30s' });
  expect(pieces.files[pieces.rulesFile]).toContain('DriftloopRegret');
  await printed(
    'rules',
    '--config',
    'typed/driftloop.config.ts',
    '--out',
    'prometheus',
    '--evaluation',
    '30s',
  );
  for (const [name, text] of Object.entries(pieces.files))
    expect(await readFile(at('prometheus', name), 'utf8')).toBe(text);
});

test('a mistake is the same error', async () => {
  const refused = await files
    .gate({ champion: at('none'), challenger: at('none'), test: at('errors.csv'), label: 'wrong' })
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'DL_ARTIFACT_MISSING' });
  const options = ['--champion', 'none', '--challenger', 'none', '--test', 'errors.csv', '--label', 'wrong'];
  const { code, err } = await typeHere(folder, 'gate', ...options, '--json');
  expect(code).toBe(1);
  expect(err).toContain('There is no folder none.');
});
