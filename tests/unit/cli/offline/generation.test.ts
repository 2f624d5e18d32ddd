import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { chooseTask } from '../../../../cli/offline/choose-task.ts';
import { declaredModel } from '../../../../cli/offline/declared-model.ts';
import { describeGeneration } from '../../../../cli/offline/generation/describe.ts';
import { generationTask } from '../../../../cli/offline/generation/generation-task.ts';
import { readAnswered, readAsked } from '../../../../cli/offline/generation/read.ts';
import { inspectRows } from '../../../../cli/offline/inspect-rows.ts';
import { text } from '../../../../domain/input.ts';
import { generation } from '../../../../domain/task.ts';
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
    { input: { prompt: [user('one')], rejected: null }, label: 'two', labels: [], line: 1, at: null },
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

test('a config says what writes: its name, the column of its prompts, its settings', async () => {
  const folder = tempFolder();
  const train = file('a.csv', 'customer question,reply,date', 'hello,hi,2026-01-01');
  let configs = 0;
  const config = (model: string) => {
    const at = path.join(folder, `${(configs += 1)}.ts`);
    writeFileSync(at, `export default { models: [{ name: 'support', base: './base', ${model} }] };`);
    return declaredModel({ config: at });
  };
  const declared = await config(
    `task: { kind: 'generation' }, input: { customer_question: { kind: 'text' } }, fineTune: { method: 'lora', beta: 0.3 }`,
  );
  expect(declared).toMatchObject({ base: path.join(folder, 'base'), fineTune: { beta: 0.3 } });
  expect(await chooseTask({ train }, declared)).toBe('generation');
  const described = await describeGeneration({ train, label: 'reply', time: 'date' }, declared);
  expect(described.model).toMatchObject({ name: 'support', task: { kind: 'generation' } });
  expect(await readAnswered(train, described)).toMatchObject([
    { input: { prompt: [user('hello')] }, label: 'hi', at: Date.parse('2026-01-01') },
  ]);

  const elsewhere = await config(`task: { kind: 'generation' }, input: { prompt: { kind: 'text' } }`);
  await expect(describeGeneration({ train, label: 'reply' }, elsewhere)).rejects.toThrow(
    'has no column "prompt"',
  );
  const labels = await config(
    `task: { kind: 'classification', labels: ['a', 'b'] }, input: { question: { kind: 'text' } }`,
  );
  await expect(describeGeneration({ train, label: 'reply' }, labels)).rejects.toMatchObject({
    code: 'DL_TASK_UNFIT',
    fix: expect.stringContaining('task: generation()') as string,
  });
});

test('only who asks and answers the same says the same', () => {
  const row = (prompt: string, answer: string, rejected: string | null = null) => ({
    input: { prompt: [user(prompt)], rejected },
    label: answer,
    labels: [],
    at: null,
    line: 1,
  });
  const long = 'Where can I see what I have paid for my card in the last months, please?';
  const model = { name: 'm', task: generation(), input: { prompt: text() } };
  const described = { model, columns: { label: 'answer' }, leftOut: [], notes: [] };
  const train = [row(long, 'In the app.'), row(`${long}!`, 'In the app.'), row(long, 'Under Cards.')];
  const { kept, card } = inspectRows(generationTask, described, {
    train,
    test: [row(`${long} `, 'In the app.')],
  });
  expect(kept).toEqual([train[0], train[2]]);
  expect(card.nearTest.rows).toBe(1);
  const pairs = [row('p', 'good', 'bad'), row('p', 'good', 'worse'), row('p', 'good', 'bad')];
  expect(inspectRows(generationTask, described, { train: pairs, test: [] }).kept).toHaveLength(2);
});
