import { expect, test } from 'vitest';
import { findSuspects } from '../../../../cli/offline/find-suspects.ts';
import { inspectRows } from '../../../../cli/offline/inspect-rows.ts';
import type { InputRow } from '../../../../domain/input.ts';
import { number, text } from '../../../../domain/input.ts';
import { classification, multiLabel, regression } from '../../../../domain/task.ts';

const model = { name: 'm', task: classification({ labels: ['card', 'fee'] }), input: { text: text() } };
const described = { model, columns: { label: 'label' }, leftOut: [], notes: [] };
const columns = { columnsOf: ({ input }: { input: InputRow }) => input };
/** Rows as a file has them: the first on line 2. */
const rowsOf = (...rows: [text: string, label: string][]) =>
  rows.map(([said, label], i) => ({ input: { text: said }, label, labels: [label], at: null, line: i + 2 }));

const train = rowsOf(
  ['where is my new card', 'card'],
  ['Where is my new card', 'card'],
  ['the fee is too high', 'fee'],
  ['help me', 'card'],
  ['help me', 'fee'],
);

test('what is found is said by the lines of the files, and duplicates are not trained on', () => {
  const test = rowsOf(['where is my new card?', 'card'], ['good morning to you', 'fee']);
  const { card, kept } = inspectRows(columns, described, { train, test });
  expect(kept.map(({ line }) => line)).toEqual([2, 4, 5]);
  expect(card).toMatchObject({
    rows: 5,
    kept: 3,
    conflicts: { groups: 1, examples: [{ lines: [5, 6], labels: ['card', 'fee'] }] },
    nearTest: { rows: 1, examples: [{ train: 2, test: 2 }] },
    outOfRange: { values: 0, examples: [] },
  });
  expect(card.notes.at(-1)).toContain('1 of 2 test rows say nearly what a training row says');
});

test('rows of a table that share a text are rows of their own', () => {
  const table = { ...described, model: { ...model, input: { text: text(), amount: number() } } };
  const rows = train.map((row, amount) => ({ ...row, input: { ...row.input, amount } }));
  const { card, kept } = inspectRows(columns, table, { train: rows, test: rows.slice(1, 2) });
  expect(kept).toHaveLength(5);
  expect(card).toMatchObject({ duplicates: { exact: 0, near: 0 }, nearTest: { rows: 0 } });
});

test('inputs that are no columns keep all of their rows, and their labels are counted', () => {
  const { card, kept } = inspectRows({}, described, { train, test: [] });
  expect(kept).toHaveLength(5);
  expect(card).toMatchObject({ columns: {}, labels: { counts: { card: 3, fee: 2 } }, notes: [] });
});

test('labels that a version speaks against are listed, surest first, with what the row says', async () => {
  const outputs = train.map(({ input }) => {
    const card = input.text.toLowerCase().includes('fee') ? 0.1 : 0.9;
    return { label: card > 0.5 ? 'card' : 'fee', scores: { card, fee: 1 - card } };
  });
  const version = { model, lineage: {}, answer: () => Promise.resolve(outputs) };
  expect(await findSuspects(columns, version, train)).toEqual({
    among: 5,
    found: 1,
    examples: [{ line: 6, says: 'help me', given: 'fee', suggested: 'card', margin: 0.8 }],
  });
  const many = {
    ...version,
    model: { ...model, task: multiLabel({ labels: ['card', 'fee'] }) },
    answer: () => Promise.resolve(outputs.map(({ label, scores }) => ({ labels: [label], scores }))),
  };
  expect((await findSuspects(columns, many, train))!.examples).toMatchObject([
    { line: 6, given: 'fee', suggested: 'card' },
  ]);
  const numbers = { ...version, model: { ...model, task: regression() } };
  expect(await findSuspects(columns, numbers, train)).toBeNull();
  expect(await findSuspects(columns, version, [])).toBeNull();
});
