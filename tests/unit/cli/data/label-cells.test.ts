import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { beginsWithList } from '../../../../cli/data/label-cells.ts';
import { openInstances, openRows } from '../../../../cli/data/read-rows.ts';
import { text } from '../../../../domain/input.ts';
import { multiLabel } from '../../../../domain/task.ts';
import { caughtAsync } from '../../../support/caught.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const model = {
  task: multiLabel({ labels: ['card', 'fee', 'late'], codes: { 7: 'late' } }),
  input: { text: text() },
};
const write = (lines: readonly string[], name = 'rows.jsonl'): string => {
  const file = path.join(tempFolder(), name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
};
async function truths(file: string): Promise<[string, readonly string[]][]> {
  const found: [string, readonly string[]][] = [];
  const { rows } = await openRows(file, model, { label: 'labels' });
  for await (const { label, labels } of rows()) found.push([label, labels]);
  return found;
}
const lists = (...labels: unknown[]) =>
  labels.map((of, i) => JSON.stringify({ text: `text ${i}`, labels: of }));
const cells = (...labels: string[]) => ['text,labels', ...labels.map((of, i) => `text ${i},${of}`)];

test('a row has the labels of its list, in the order in which they are declared, each once; or none', async () => {
  const file = write(lists(['late', 'card', 'card'], [], [7]));
  expect(await truths(file)).toEqual([
    ['card|late', ['card', 'late']],
    ['|', []],
    ['late', ['late']],
  ]);
  expect(await beginsWithList(file, 'labels')).toBe(true);
});

test('in a CSV file they stand in one cell, and so they may in JSON lines', async () => {
  const wanted = [
    ['card|late', ['card', 'late']],
    ['fee', ['fee']],
    ['|', []],
  ];
  expect(await truths(write(cells('late | card', 'fee', '|'), 'rows.csv'))).toEqual(wanted);
  const file = write(lists('late|card', 'fee', '|'));
  expect(await truths(file)).toEqual(wanted);
  expect(await beginsWithList(file, 'labels')).toBe(false);
});

test.each([
  ['a list after a word', lists('card', ['fee']), 'line 2: "labels" is a list here, and a single value'],
  ['a word after a list', lists(['card'], 'fee'), 'line 2: "labels" is a single value here, and a list'],
  ['null', lists(['card'], null), 'line 2: "labels" is blank'],
  ['an object', lists({ card: 1 }), 'line 1: "labels" is an object'],
  ['a list in a list', lists([['card']]), 'line 1: ["card"] in "labels" is no label'],
  ['a blank label in a list', lists(['card', ' ']), 'line 1: "labels" has a blank label'],
  ['a label with the separator', lists(['card|fee']), 'line 1: the label "card|fee" in "labels" has a "|"'],
  ['a blank cell', cells('card', ''), 'line 3: "labels" is blank'],
  ['a separator too many', cells('card||fee'), 'line 2: "card||fee" in "labels" has a blank label'],
])('%s is refused, with its line and what to write', async (_, rows, says) => {
  const failure = await caughtAsync(() =>
    truths(write(rows, rows[0]!.startsWith('{') ? 'a.jsonl' : 'a.csv')),
  );
  expect(failure).toMatchObject({ code: 'DL_DATA_UNREADABLE' });
  expect(failure.message).toContain(says);
  expect(failure.fix).not.toBe('');
});

test('a label that is not declared is refused, wherever it stands in a row', async () => {
  const failure = await caughtAsync(() => truths(write(lists(['card'], ['card', 'gone']))));
  expect(failure).toMatchObject({ code: 'DL_UNKNOWN_LABEL' });
  expect(failure.message).toContain('line 2: "gone" in column "labels"');
});

test('a list that is no label is passed over where nothing asks for labels; a list for a text is not', async () => {
  const read = async (lines: readonly string[]) => {
    const inputs = [];
    for await (const { input } of (await openInstances(write(lines), model)).rows()) inputs.push(input);
    return inputs;
  };
  expect(await read(lists(['card']))).toEqual([{ text: 'text 0' }]);
  await expect(read([JSON.stringify({ text: ['a'] })])).rejects.toMatchObject({ code: 'DL_DATA_UNREADABLE' });
});
