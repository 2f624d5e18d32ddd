import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askWhatIsNotSaid } from '../../cli/init/ask.ts';
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
  await expect(askWhatIsNotSaid({}, answers('', 'chta'))).rejects.toMatchObject({
    code: 'DL_OPTION_INVALID',
  });
  expect(await askWhatIsNotSaid({ yes: true }, answers('never'))).toEqual({ template: 'tabular' });
});
