import { describe, expect, test } from 'vitest';
import { outOfRange, profileColumns } from '../../../../training/data/column-profile.ts';
import { inspectData } from '../../../../training/data/data-card.ts';
import { inspectTest } from '../../../../training/data/inspect-test.ts';
import { labelBalance } from '../../../../training/data/label-balance.ts';

const row = (text: string, amount: number | null, label: string) => ({
  input: { text, amount, bank: 'ours' },
  label,
});

test('a card says what a training learnt from, and survives JSON', () => {
  const { card, kept } = inspectData(
    [
      row('where is my card', 1, 'card'),
      row('Where is my card', 1, 'card'),
      row('the fee is too high for me', null, 'fee'),
      row('the fee is too high for me!', null, 'fee'),
      row('help', 9, 'card'),
      row('help', 9, 'fee'),
    ],
    { labels: ['card', 'fee', 'loan'], textColumns: ['text'] },
  );
  expect(kept).toEqual([0, 2, 4]);
  expect(card).toMatchObject({
    rows: 6,
    kept: 3,
    duplicates: { exact: 2, near: 1 },
    conflicts: { groups: 1, examples: [{ rows: [4, 5], labels: ['card', 'fee'] }] },
    labels: { counts: { card: 2, fee: 1, loan: 0 }, absent: ['loan'] },
    columns: { amount: { kind: 'number', min: 1, max: 9, missingShare: 2 / 6 } },
  });
  expect(card.notes).toEqual([
    '3 of 6 rows say what another one says, and are left out.',
    '1 group of rows have the same content and different labels; of each one with its most frequent label counts.',
    'No example has "loan": a model cannot learn to say it.',
  ]);
  expect(JSON.parse(JSON.stringify(card))).toEqual(card);
});

test('labels that are rare are told of, with what helps', () => {
  const labels = Array.from({ length: 95 }, (_, i) => [i < 90 ? 'stay' : 'leave']);
  expect(labelBalance(labels, ['stay', 'leave'])).toEqual({
    counts: { stay: 90, leave: 5 },
    absent: [],
    imbalance: 18,
    majorityShare: 90 / 95,
    advice:
      '"leave" has 5 examples, the most frequent label 90: where rare ones matter as much, say classWeights: \'balanced\' or focalGamma: 2 in the config.',
  });
  expect(labelBalance([['a'], ['b']], ['a', 'b'])).toMatchObject({ imbalance: 1, advice: null });
  expect(labelBalance([], ['a'])).toMatchObject({ imbalance: 1, majorityShare: 0, absent: ['a'] });
});

test('values that training has prepared nobody for are found, a new high is not', () => {
  const seen = profileColumns([
    { age: 20, plan: 'free', note: null },
    { age: 60, plan: 'team', note: null },
  ]);
  expect(seen['plan']).toMatchObject({ kind: 'words', distinct: 2, constant: false });
  const found = outOfRange(seen, [
    { age: 75, plan: 'new' },
    { age: 2_000, plan: 3 },
    { age: 'old', plan: null },
    { note: 'x', other: 1 },
  ]);
  expect(found).toEqual([
    { row: 1, column: 'age', problem: 'is 2000; in training it lies between 20 and 60' },
    { row: 1, column: 'plan', problem: 'is the number 3, not a word' },
    { row: 2, column: 'age', problem: 'is "old", not a number' },
    { row: 3, column: 'note', problem: 'the column has no values in training' },
    { row: 3, column: 'other', problem: 'the column has no values in training' },
  ]);
});

describe('of a table', () => {
  const table = (rows: readonly (readonly [number, string, number?])[]) =>
    rows.map(([x, label, at]) => ({ input: { x }, label, ...(at === undefined ? {} : { at }) }));
  const many = Array.from({ length: 40 }, (_, i) => [i, 'a'] as const);

  test('copies go, and what only differs in label or time stays', () => {
    const examples = table([...many, [3, 'a'], [4, 'b'], [5, 'a', 7]]);
    const { card, kept } = inspectData(examples, { labels: ['a', 'b'] });
    expect(kept).toHaveLength(42);
    expect(kept).not.toContain(40);
    expect(card.duplicates).toEqual({ exact: 1, near: 0 });
    expect(card.notes[0]).toBe('1 of 43 rows are copies of another one, and are left out.');
    expect(card.conflicts.groups).toBe(1);
  });

  test('rows of a few values meet by chance, and all of them stay', () => {
    const { card, kept } = inspectData(table(many.map(([x, label]) => [x % 4, label])), {
      labels: ['a', 'b'],
    });
    expect(kept).toHaveLength(40);
    expect(card.notes[0]).toBe(
      '36 of 40 rows are like another one; of so many that is chance, and all of them stay.',
    );
  });

  test('numbers to hit are neither balanced nor in conflict', () => {
    const { card } = inspectData(table([[1, '5'], [1, '6'], [2, '7']]), { labels: null }); // oxfmt-ignore
    expect(card).toMatchObject({ labels: null, conflicts: { groups: 0 }, notes: [] });
  });
});

test('test rows that nearly are training rows are paired with them', () => {
  const of = (...texts: string[]) => texts.map((text) => ({ input: { text }, label: 'a' }));
  const train = of('how do I change my pin', 'my card has not arrived yet, where is it', 'the fee is wrong');
  const test = of('something else', 'my card has not arrived yet, where is it?', 'How do I change my PIN');
  const { columns } = inspectData(train, { labels: ['a'], textColumns: ['text'] }).card;
  expect(inspectTest({ train, test }, { columns, textColumns: ['text'] })).toEqual({
    near: [
      { train: 1, test: 1 },
      { train: 0, test: 2 },
    ],
    outOfRange: [],
  });
  expect(inspectTest({ train, test }, { columns, textColumns: [] }).near).toEqual([]);
});
