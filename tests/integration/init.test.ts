import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askWhatIsNotSaid, onTerminal } from '../../cli/init/ask.ts';
import { loadConfig } from '../../cli/load-config.ts';
import { typeHere } from '../support/command-line.ts';

/** What a newcomer is asked, and what is made of it. That it is a project which works: tests/integration/cli.test.ts. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-init-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
const at = (...names: string[]) => path.join(folder, ...names);

test('rows of one’s own are looked at: labels, inputs, what cannot be used, and nothing is overwritten', async () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `c-${i},${i % 7},${i % 3 === 0 ? 'a "b"' : "it's"},${i % 2 === 0 ? 'yes' : 'no'}`,
  );
  await writeFile(
    at('own.csv'),
    ['user_id,visits,plan kind,churned', ...rows.map((row) => row.replace('a "b"', '"a ""b"""'))].join('\n'),
  );
  const first = await typeHere(folder, 'init', 'own', '--data', 'own.csv', '--label', 'churned');
  expect(first.out).toContain('"user_id" is not used: it names the rows');
  const { config } = await loadConfig(at('own', 'driftloop.config.ts'));
  expect(config.models[0]).toMatchObject({
    name: 'own',
    task: { kind: 'classification', labels: ['no', 'yes'] },
    input: { visits: { kind: 'number' } },
  });
  expect(JSON.stringify(config.models[0]!.input)).toContain(JSON.stringify(['a "b"', "it's"]));
  const text = await readFile(at('own', 'driftloop.config.ts'), 'utf8');
  const again = await typeHere(folder, 'init', 'own', '--template', 'text', '--yes');
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('DL_INIT_EXISTS')]);
  expect(await readFile(at('own', 'driftloop.config.ts'), 'utf8')).toBe(text);
  const missing = await typeHere(folder, 'init', 'other', '--data', 'none.csv', '--label', 'x');
  expect(missing.err).toContain('DL_DATA_MISSING');
  const both = await typeHere(folder, 'init', 'other', '--data', 'own.csv', '--template', 'text');
  expect(both.err).toContain('DL_REQUEST_INVALID');
});

test('on a terminal at most two things are asked', async () => {
  const asked: string[] = [];
  const answers =
    (...given: string[]) =>
    (question: string, usual: string) => {
      asked.push(question);
      return Promise.resolve(given.shift() ?? usual);
    };
  await writeFile(at('asked.csv'), 'size,class\n1,a\n');
  expect(await askWhatIsNotSaid({}, answers(at('asked.csv')))).toEqual({
    data: at('asked.csv'),
    label: 'class',
  });
  expect(await askWhatIsNotSaid({}, answers('', 'chat'))).toEqual({ template: 'chat' });
  expect(asked).toHaveLength(4);
  expect(asked[1]).toMatch(/^Which column holds the label/);
  // That a column is the last one is no reason to take it.
  await writeFile(at('places.csv'), 'outcome_now,zip\n1,a\n');
  expect(await askWhatIsNotSaid({}, answers(at('places.csv')))).toEqual({ data: at('places.csv') });
  await expect(askWhatIsNotSaid({}, answers('', 'chta'))).rejects.toMatchObject({
    code: 'DL_OPTION_INVALID',
  });
  expect(await askWhatIsNotSaid({ yes: true }, answers('never'))).toEqual({ template: 'tabular' });
});

test.each([
  ['Ctrl-C', '\u0003', 130],
  ['Ctrl-D', '\u0004', 1],
])('who leaves a question by %s is told of no bug', async (_, typed, exitCode) => {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const output = Object.assign(new PassThrough(), { isTTY: true });
  const asked = onTerminal({ input, output }, (ask) => ask('Which?', ''));
  input.write(typed);
  await expect(asked).rejects.toMatchObject({ exitCode, message: 'Nothing was written.' });
});

test('what is refused leaves nothing behind, so that its fix works; the file is named as it was given', async () => {
  const rows = Array.from({ length: 120 }, (_, i) => `${i % 7},${i % 3},${i % 2 === 0 ? 'a' : 'b'}`);
  await writeFile(at('odd place.csv'), ['x,y z,Country / Region', ...rows, ''].join('\n'));
  const refused = await typeHere(folder, 'init', 'new', '--data', 'odd place.csv', '--yes');
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('DL_LABEL_UNNAMED  Nothing says which column of odd place.csv is the label.');
  expect(existsSync(at('new'))).toBe(false);
  const label = ['--label', 'Country / Region', '--time', 'y z'];
  const made = await typeHere(folder, 'init', 'new', '--data', 'odd place.csv', ...label);
  expect(made).toMatchObject({ code: 0, err: '' });
  const command =
    "driftloop model bootstrap odd-place --data 'odd place.csv' --label 'Country / Region' --time 'y z'";
  expect(made.out).toContain(command);
  const readme = await readFile(at('new', 'README.md'), 'utf8');
  expect(readme).toContain(command);
  expect(readme).toContain('server: addresses.server');
  const again = await typeHere(folder, 'init', 'new', '--data', 'odd place.csv', ...label);
  expect(again.err).toContain('DL_INIT_EXISTS');
});

test('images stay where they are: the file is named from the folder', async () => {
  await typeHere(folder, 'init', 'drawn', '--template', 'image', '--yes');
  const made = await typeHere(folder, 'init', 'seen', '--data', 'drawn/shapes.jsonl', '--yes');
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toContain('--data ../drawn/shapes.jsonl --label label');
  expect(existsSync(at('seen', 'shapes.jsonl'))).toBe(false);
});

test('too few rows to learn from are no mistake, and are said', async () => {
  const places = Array.from({ length: 8 }, (_, i) => `${i},place ${i}`);
  await writeFile(at('few.csv'), ['x,where', ...places, ''].join('\n'));
  const made = await typeHere(folder, 'init', 'few', '--data', 'few.csv', '--label', 'where');
  expect(made.code).toBe(0);
  expect(made.out).toContain('few.csv has 8 rows; a first version is trained from 100 at least.');
  expect(made.out).toContain(
    '8 labels have fewer than 10 rows, which is too few to be learnt and tested: "place 0", "place 1", "place 2", "place 3", "place 4" and 3 more.',
  );
});
