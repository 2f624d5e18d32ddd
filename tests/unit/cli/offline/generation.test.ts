import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { chooseTask } from '../../../../cli/offline/choose-task.ts';
import { describeGeneration } from '../../../../cli/offline/generation/describe.ts';
import { readAnswered, readAsked } from '../../../../cli/offline/generation/read.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

function file(name: string, ...rows: (object | string)[]): string {
  const to = path.join(tempFolder(), name);
  writeFileSync(to, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
  return to;
}
const read = async (train: string, label?: string) =>
  readAnswered(train, await describeGeneration({ train, ...(label === undefined ? {} : { label }) }, null));
const user = (content: string) => ({ role: 'user' as const, content });
const assistant = (content: string) => ({ role: 'assistant' as const, content });

test('prompts and answers, in JSON lines and in CSV', async () => {
  const json = file('a.jsonl', { prompt: 'one', answer: ' two ' });
  expect(await chooseTask({ train: json }, null)).toBe('generation');
  expect(await read(json)).toEqual([
    { input: { prompt: [user('one')], rejected: null }, label: 'two', line: 1, at: null },
  ]);
  const csv = file('a.csv', 'question,reply', '"one, or more",two');
  expect(await read(csv, 'reply')).toMatchObject([
    { input: { prompt: [user('one, or more')], rejected: null }, label: 'two' },
  ]);
});

test('conversations: the last answer is what shall be said, all before it is what was', async () => {
  const messages = [
    { role: 'system', content: 'be brief' },
    user('1'),
    assistant('2'),
    user('3'),
    assistant('4'),
  ];
  const json = file('a.jsonl', { messages });
  expect(await chooseTask({ train: json }, null)).toBe('generation');
  expect(await read(json)).toMatchObject([{ input: { prompt: messages.slice(0, -1) }, label: '4' }]);
  const model = (await describeGeneration({ train: json }, null)).model;
  const asked = [];
  for await (const one of readAsked(file('b.jsonl', { messages }, { messages: messages.slice(0, 2) }), model))
    asked.push(one.prompt);
  expect(asked).toEqual([messages.slice(0, -1), messages.slice(0, 2)]);
});

test('preferences are seen by their names', async () => {
  const json = file('a.jsonl', { prompt: 'p', chosen: 'good', rejected: 'bad' });
  expect(await chooseTask({ train: json }, null)).toBe('generation');
  expect(await read(json)).toMatchObject([
    { input: { prompt: [user('p')], rejected: 'bad' }, label: 'good' },
  ]);
});

test('a version that learnt from one kind of file can be asked about another', async () => {
  const { model, columns } = await describeGeneration(
    { train: file('a.jsonl', { messages: [user('1'), assistant('2')] }) },
    null,
  );
  const other = file('b.jsonl', { prompt: 'p', answer: 'a' });
  expect(await readAnswered(other, { model, columns })).toMatchObject([
    { input: { prompt: [user('p')] }, label: 'a' },
  ]);
});

test.each([
  ['an empty answer', { prompt: 'a', answer: '  ' }, /line 1: "answer" is empty/],
  ['a conversation without an answer', { messages: [user('a')] }, /does not end with an answer/],
  ['a role that is none', { messages: [{ role: 'dog', content: 'a' }, assistant('b')] }, /messages\.0\.role/],
  ['an answer that is a list', { prompt: 'a', answer: ['b'] }, /"answer" is no text/],
])('%s is told with its line', async (_, row, message) => {
  await expect(read(file('a.jsonl', row))).rejects.toMatchObject({
    code: 'DL_CONVERSATION_UNFIT',
    message: expect.stringMatching(message),
  });
});

test('answers and preferences in one file are not mixed up', async () => {
  const mixed = file(
    'a.jsonl',
    { prompt: 'a', chosen: 'b', rejected: 'c', answer: 'b' },
    { prompt: 'a', answer: 'b' },
  );
  await expect(read(mixed)).rejects.toMatchObject({ code: 'DL_CONVERSATION_UNFIT' });
});

test('which column is what has to be clear', async () => {
  await expect(read(file('a.jsonl', { a: 'x', b: 'y' }))).rejects.toMatchObject({ code: 'DL_LABEL_UNNAMED' });
  const unclear = file('b.jsonl', { a: 'x', b: 'y', answer: 'z' });
  await expect(read(unclear)).rejects.toMatchObject({ code: 'DL_OPTION_MISSING' });
  const missing = file('c.jsonl', { prompt: 'x', answer: 'y' }, { prompt: 'x' });
  await expect(read(missing)).rejects.toMatchObject({ code: 'DL_COLUMN_MISSING' });
});
