import { expect, test } from 'vitest';
import { outOfRange, profileColumns } from '../../../../training/data/column-profile.ts';
import { inspectData } from '../../../../training/data/data-card.ts';
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
    '1 groups of rows have the same content and different labels; of each one with its most frequent label counts.',
    'No example has "loan": a model cannot learn to say it.',
    '"bank" is the same in every row that has it, so it says nothing.',
  ]);
  expect(JSON.parse(JSON.stringify(card))).toEqual(card);
});

test('labels that are rare are told of, with what helps', () => {
  const labels = [...Array<string>(90).fill('stay'), ...Array<string>(5).fill('leave')];
  expect(labelBalance(labels, ['stay', 'leave'])).toEqual({
    counts: { stay: 90, leave: 5 },
    absent: [],
    imbalance: 18,
    majorityShare: 90 / 95,
    advice: '"leave" has 5 examples, the most frequent label 90: use class weights or focal loss.',
  });
  expect(labelBalance(['a', 'b'], ['a', 'b'])).toMatchObject({ imbalance: 1, advice: null });
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
