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
