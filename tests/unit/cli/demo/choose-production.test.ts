import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseProduction, playingTime } from '../../../../cli/demo/choose-production.ts';
import { takeRows } from '../../../../cli/demo/streams/stream.ts';
import { csvLines } from '../../../../examples/electricity/generate.ts';
import { labelsOfTask } from '../../../../domain/task.ts';

let folder = '';
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'driftloop-production-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const full = path.join(folder, name);
  writeFileSync(full, text);
  return full;
};
const flowers = (
  rows: number,
  line = (i: number) => `${i / 10},${i % 3 ? 'red' : ''},${i % 2 ? 'a' : 'b'}`,
) => `petal length (cm),colour,kind\n${Array.from({ length: rows }, (_, i) => line(i)).join('\n')}\n`;

test('without a word the built-in simulation is played, with its drift among the played rows', async () => {
  const production = await chooseProduction({});
  expect(production.model.name).toBe('returns');
  expect(production.stream.length).toBeNull();
  const [drift] = production.stream.driftAtRows!;
  expect(drift).toBeGreaterThan(production.bootstrapRows);
  expect(drift).toBeLessThan(production.bootstrapRows + production.plannedRows);
  expect(production.plannedRows / production.pace).toBeLessThan(300);
});

test('the same seed plays the same rows, another seed others', async () => {
  const rowsOf = async (seed: number) => takeRows((await chooseProduction({ seed })).stream, { to: 50 });
  expect(await rowsOf(3)).toEqual(await rowsOf(3));
  expect(await rowsOf(3)).not.toEqual(await rowsOf(4));
});

test('a file with the columns of an example is played with that example, also where no label is named', async () => {
  const data = file('market.csv', [...csvLines({ rows: 1_200, seed: 1 })].join('\n'));
  const production = await chooseProduction({ data });
  expect(production.model.name).toBe('electricity');
  expect(production.rowEveryMs).toBe(1_800_000);
  expect(production).toMatchObject({ bootstrapRows: 120, plannedRows: 1_080 });
  const [first] = await takeRows(production.stream, { to: 1 });
  expect(first!.row).not.toHaveProperty('date');
  expect(['UP', 'DOWN']).toContain(first!.label);
});

test('any other file gets an inferred config; names become words, gaps become null', async () => {
  const production = await chooseProduction({ data: file('flowers.csv', flowers(1_000)), label: 'kind' });
  expect(production.model.name).toBe('flowers');
  expect(labelsOfTask(production.model.task)).toEqual(['a', 'b']);
  expect(production.model.input).toEqual({
    petal_length_cm: { kind: 'number' },
    colour: { kind: 'category', values: ['red'] },
  });
  const [first, second] = await takeRows(production.stream, { to: 2 });
  expect(first).toEqual({ index: 0, row: { petal_length_cm: 0, colour: null }, label: 'b' });
  expect(second!.row).toEqual({ petal_length_cm: 0.1, colour: 'red' });
});

test('a time column is not learnt from and says how far apart the rows are', async () => {
  const at = (i: number) => new Date(Date.UTC(2024, 0, 1, 0, 15 * i)).toISOString();
  const text = `at,x,y\n${Array.from({ length: 1_000 }, (_, i) => `${at(i)},${(7 * i) % 97},${i % 2}`).join('\n')}`;
  const production = await chooseProduction({ data: file('timed.csv', text), label: 'y', time: 'at' });
  expect(Object.keys(production.model.input)).toEqual(['x']);
  expect(production.rowEveryMs).toBe(900_000);
});

test('a column of names or without values is left out, and that is said', async () => {
  const data = file(
    'notes.csv',
    `note,none,x,y\n${Array.from({ length: 1_000 }, (_, i) => `note ${i},,${(7 * i) % 97},${i % 2}`).join('\n')}`,
  );
  const { model, notes } = await chooseProduction({ data, label: 'y' });
  expect(Object.keys(model.input)).toEqual(['x']);
  expect(notes.join(' ')).toContain(
    '"note" is not used: it has other words in nearly every row, as names and ids have.',
  );
  expect(notes.join(' ')).toContain('"none" is not used: it has no values.');
});

test.each([
  ['DL_DATA_MISSING', () => ({ data: path.join(folder, 'absent.csv'), label: 'y' })],
  ['DL_DATA_EMPTY', () => ({ data: file('empty.csv', 'x,y\n'), label: 'y' })],
  ['DL_DATA_UNREADABLE', () => ({ data: file('ragged.csv', 'x,y\n1,2\n1,2,3\n'), label: 'y' })],
  ['DL_COLUMN_MISSING', () => ({ data: file('a.csv', flowers(1_000)), label: 'species' })],
  ['DL_LABEL_UNNAMED', () => ({ data: file('b.csv', flowers(1_000)) })],
  ['DL_TOO_FEW_ROWS', () => ({ data: file('c.csv', flowers(999)), label: 'kind' })],
  ['DL_LABELS_UNSUITABLE', () => ({ data: file('d.csv', flowers(1_000)), label: 'colour' })],
  [
    'DL_NO_FEATURES',
    () => ({ data: file('e.csv', flowers(1_000)), label: 'kind', ignore: ['petal length (cm)', 'colour'] }),
  ],
  [
    'DL_UNKNOWN_LABEL',
    () => ({
      data: file('f.csv', [...csvLines({ rows: 1_000, seed: 1 })].join('\n').replaceAll(/,1$/gm, ',2')),
    }),
  ],
  [
    'DL_NOT_A_NUMBER',
    () => ({
      data: file('g.csv', [...csvLines({ rows: 1_000, seed: 1 }), '1,2,high,0,0,0,0,0,1'].join('\n')),
    }),
  ],
])('%s is reported before anything is started, with a fix', async (code, options) => {
  const failure = await chooseProduction(options()).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code, name: 'DriftloopError' });
  expect((failure as { fix: string }).fix.length).toBeGreaterThan(10);
});

test('the playing time is said in words', () => {
  expect(playingTime({ plannedRows: 1_000, pace: 25 })).toBe('about 40 s');
  expect(playingTime({ plannedRows: 40_000, pace: 100 })).toBe('about 7 min');
});
