import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { headerOf, readRecords } from '../../../../cli/data/records.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const write = (name: string, text: string): string => {
  const file = path.join(tempFolder(), name);
  writeFileSync(file, text);
  return file;
};
async function read(file: string) {
  const records = [];
  for await (const record of readRecords(file)) records.push(record);
  return records;
}

test('a byte order mark, spaces and blank lines belong to no name and to no value', async () => {
  const file = write('a.csv', '\uFEFFx , y\n 1, 2 \n\n3,4\n');
  expect(await headerOf(file)).toEqual(['x', 'y']);
  expect(await read(file)).toEqual([
    { cells: { x: '1', y: '2' }, line: 2 },
    { cells: { x: '3', y: '4' }, line: 4 },
  ]);
});

test('JSON lines are known by their name or by their first line, and may lack or add a value', async () => {
  const text = '\uFEFF{"x": 1.5, "y": "a"}\n\n{"y": null, "z": true}\n';
  for (const name of ['a.jsonl', 'a.txt']) {
    const file = write(name, text);
    expect(await headerOf(file)).toEqual(['x', 'y', 'z']);
    expect(await read(file)).toEqual([
      { cells: { x: '1.5', y: 'a' }, line: 1 },
      { cells: { y: '', z: 'true' }, line: 3 },
    ]);
  }
});

test.each([
  ['x;y\n1;2\n', 'separated by semicolons'],
  ['x\ty\n1\t2\n', 'separated by tabs'],
  ['x,y,x\n1,2,3\n', 'Two columns of'],
  ['x,y\n1,2\n1,2,3\n', 'is no regular CSV file'],
  ['{"x": 1}\n{"x": \n', 'line 2: this is not JSON'],
  ['{"x": 1}\n[1]\n', 'line 2: this is no JSON object'],
  ['{"x": 1, "y": {"z": 2}}\n', 'line 1: "y" is not a single value'],
])('%j is refused with what is wrong', async (text, says) => {
  const failure = await read(write('a.data', text)).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'DriftloopError', code: 'DL_DATA_UNREADABLE' });
  expect((failure as Error).message).toContain(says);
});

const latin1 = (name: string, text: string): string => {
  const file = write(name, '');
  writeFileSync(file, text, 'latin1');
  return file;
};

test.each(['shop in town.csv', 'a.jsonl'])(
  'what is not UTF-8 is refused with its line, and how to convert it: %s',
  async (name) => {
    const row = (word: string, i: number) =>
      name.endsWith('csv') ? `${i},${word}` : JSON.stringify({ x: i, y: word });
    const rows = Array.from({ length: 20_000 }, (_, i) => row(i === 15_000 ? 'grün' : 'rot', i));
    const file = latin1(name, ['x,y', ...rows, ''].slice(name.endsWith('csv') ? 0 : 1).join('\n'));
    const failure = await read(file).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'DL_DATA_UNREADABLE',
      message: `${file} is not written in UTF-8: line ${name.endsWith('csv') ? 15_002 : 15_001} is the first that cannot be read.`,
      fix: expect.stringContaining('iconv -f latin1 -t utf-8 '),
    });
  },
);

test('letters of several bytes are read wherever a piece of the file ends, and UTF-16 with its mark', async () => {
  const words = Array.from({ length: 30_000 }, (_, i) => `${'ü€😀'.slice(0, 1 + (i % 2))}${i}`);
  const csv = await read(write('a.csv', ['y', ...words].join('\n')));
  expect(csv.map(({ cells }) => cells['y'])).toEqual(words);
  const json = await read(write('a.jsonl', words.map((y) => JSON.stringify({ y })).join('\r\n')));
  expect(json.map(({ cells }) => cells['y'])).toEqual(words);
  const utf16 = write('b.csv', '');
  writeFileSync(utf16, '\uFEFFx,y\n1,grün\n', 'utf16le');
  expect(await read(utf16)).toEqual([{ cells: { x: '1', y: 'grün' }, line: 2 }]);
});
