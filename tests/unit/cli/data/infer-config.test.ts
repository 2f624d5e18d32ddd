import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { inferConfig, sayLeftOut } from '../../../../cli/data/infer-config.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { labelsOfTask } from '../../../../domain/task.ts';

function csv(header: string, row: (i: number) => string, rows = 200): string {
  const file = path.join(tempFolder(), 'shop.csv');
  writeFileSync(file, `${header}\n${Array.from({ length: rows }, (_, i) => row(i)).join('\n')}\n`);
  return file;
}
const scattered = (i: number) => (i * 7_919) % 10_007;

test('columns that count or name the rows are left out with the reason, numbers that only differ are not', async () => {
  const file = csv(
    ',order_id,price,note,colour,y',
    (i) =>
      `${i},${scattered(i)},${scattered(i)},words ${scattered(i)},${['red', 'blue'][i % 2]},${i % 3 ? 'a' : 'b'}`,
  );
  const { config, leftOut } = await inferConfig(file, { label: 'y' });
  expect(config.models[0]!.input).toEqual({
    price: { kind: 'number' },
    colour: { kind: 'category', values: ['blue', 'red'] },
  });
  expect(leftOut.map(({ column }) => column)).toEqual(['', 'order_id', 'note']);
});

test('codes sort as numbers, words as words', async () => {
  const labelsOf = async (of: (i: number) => string) =>
    labelsOfTask(
      (
        await inferConfig(
          csv('x,y', (i) => `${scattered(i)},${of(i)}`),
          { label: 'y' },
        )
      ).config.models[0]!.task,
    );
  expect(await labelsOf((i) => String(12 - (i % 12)))).toEqual('1 2 3 4 5 6 7 8 9 10 11 12'.split(' '));
  expect(await labelsOf((i) => ['b', 'a', '10'][i % 3]!)).toEqual(['10', 'a', 'b']);
});

test.each([
  ['has one value only', () => 'a'],
  ['is empty in 20 of 200 rows', (i: number) => (i % 10 ? 'a' : '')],
  ['has more than 50 different values', (i: number) => String(i / 7)],
])('a label that %s is refused', async (says, of) => {
  const file = csv('x,y', (i) => `${scattered(i)},${of(i)}`);
  await expect(inferConfig(file, { label: 'y' })).rejects.toMatchObject({
    code: 'DL_LABELS_UNSUITABLE',
    message: expect.stringContaining(says) as string,
  });
});

const notes = ['arrived far too late again', 'all as it was told', 'broken on the way here'];
const remark = (i: number) => `${notes[i % 3]} ${scattered(i)}`;

test('sentences are a text, while names, codes and dates stay out', async () => {
  const file = csv(
    'note,who,day,code,price,y',
    (i) =>
      [
        remark(i),
        `Ann O${scattered(i)}`,
        `2024-0${1 + (i % 9)}-${10 + (i % 19)}`,
        `A ${i}B`,
        scattered(i),
      ].join() + `,${i % 3 ? 'a' : 'b'}`,
  );
  const { config, leftOut } = await inferConfig(file, { label: 'y' });
  expect(config.models[0]!.input).toEqual({ note: { kind: 'text' }, price: { kind: 'number' } });
  expect(leftOut.map(({ column }) => column)).toEqual(['who', 'day', 'code']);
});

test('a text without any other column is no table, and what reads it is named', async () => {
  const file = csv('note,id,y', (i) => `${remark(i)},${scattered(i)},${i % 3 ? 'a' : 'b'}`);
  await expect(inferConfig(file, { label: 'y' })).rejects.toMatchObject({
    code: 'DL_NO_FEATURES',
    message: expect.stringContaining('"note": it is a text, which "--task text"') as string,
  });
});

test('a column of dates, decimal commas or amounts is called what it is, and what to do about it', async () => {
  const file = csv('day,when,price,fee,sales,size,y', (i) =>
    [
      `2024-0${1 + (i % 9)}-${10 + (i % 19)}`,
      `${1 + (i % 28)}.${1 + (i % 12)}.${1900 + (i % 120)} 08:3${i % 10}`,
      `"${i},${10 + (i % 90)}"`,
      `"$${1 + i},200.50"`,
      `"${1 + i},200"`,
      scattered(i),
      i % 3 ? 'a' : 'b',
    ].join(),
  );
  const { leftOut } = await inferConfig(file, { label: 'y' });
  const why = Object.fromEntries(leftOut.map(({ column, because }) => [column, because]));
  expect(why).toEqual({
    day: expect.stringContaining('it has dates; name it with --time'),
    when: expect.stringContaining('it has dates'),
    price: 'its numbers have decimal commas; write them with a point, such as 12.50',
    fee: expect.stringContaining('amounts with signs'),
    sales: expect.stringContaining('its numbers have commas in them'),
  });
  await expect(inferConfig(file, { label: 'price' })).rejects.toMatchObject({
    code: 'DL_LABELS_UNSUITABLE',
    message: expect.stringContaining('decimal commas') as string,
  });
});

test('a column without a name is called by its place', async () => {
  const file = csv('size,,y', (i) => `${scattered(i)},${scattered(i)},${i % 3 ? 'a' : 'b'}`);
  const { config, leftOut } = await inferConfig(file, { label: 'y' });
  expect(Object.keys(config.models[0]!.input)).toEqual(['size']);
  expect(leftOut.map(sayLeftOut)).toEqual(['Not used: the 2nd column has no name.']);
});
