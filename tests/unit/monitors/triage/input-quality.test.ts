import { expect, test } from 'vitest';
import type { Feature, InputRow } from '../../../../domain/input.ts';
import { findBrokenData } from '../../../../monitors/triage/input-quality.ts';
import type { InputQuality } from '../../../../monitors/triage/input-quality.ts';
import { findFactor } from '../../../../monitors/triage/rescaled.ts';
import { referenceShares } from '../../../../training/reference.ts';

const input: Record<string, Feature> = {
  amount: { kind: 'number' },
  code: { kind: 'category', values: ['1', '2'] },
};
const row = (i: number, change: InputRow = {}): InputRow => ({
  amount: (i * 37) % 101,
  code: i % 2 ? '1' : '2',
  ...change,
});
const rows = (n: number, change: (i: number) => InputRow = () => ({})) =>
  Array.from({ length: n }, (_, i) => row(i, change(i)));
const reference = referenceShares(input, rows(1_000), { labels: ['A'] }, []);

const broken = (change: Partial<InputQuality>) =>
  findBrokenData({
    input,
    newest: rows(500),
    before: rows(1_000),
    reference,
    refused: { before: { hits: 0, rows: 1_000 }, now: { hits: 0, rows: 500 } },
    ...change,
  });

test('rows as ever are not broken, and neither is a category that is sent as a number', () => {
  expect(broken({})).toEqual([]);
  expect(broken({ newest: rows(500, (i) => ({ code: 1 + (i % 2) })) })).toEqual([]);
});

test('what is missing more often than in training is broken, unless the time before knew it, too', () => {
  const everyOther = (i: number): InputRow => (i % 2 ? { amount: null } : {});
  expect(broken({ newest: rows(500, everyOther) })).toEqual([
    expect.stringContaining('"amount" is missing: '),
  ]);
  expect(broken({ newest: rows(500, everyOther), before: rows(1_000, everyOther) })).toEqual([]);
});

test('a feature that the config declares otherwise by now is not held against its old self', () => {
  const newest = rows(500, (i) => ({ amount: `${row(i)['amount']} euros` }));
  expect(broken({ newest })).not.toEqual([]);
  expect(broken({ newest, input: { ...input, amount: { kind: 'text' } } })).toEqual([]);
});

test('rows that come twice are broken, unless they always did', () => {
  const same = (i: number): InputRow => ({ amount: Math.floor((i % 100) / 4), code: '1' });
  expect(broken({ newest: rows(500, same) })).toEqual(
    expect.arrayContaining([expect.stringContaining('Rows come twice: 75 % (75 of 100)')]),
  );
  expect(broken({ newest: rows(500, same), before: rows(1_000, same) })).not.toEqual(
    expect.arrayContaining([expect.stringContaining('Rows come twice')]),
  );
});

test('another unit is a factor of three at least, up or down; a smaller one is what prices do', () => {
  const known = reference.features['amount']!;
  if (known.kind !== 'number') throw new Error('amount is a number');
  const times = (factor: number) =>
    findFactor(
      known,
      rows(100).map(({ amount }) => factor * Number(amount)),
    );
  expect(times(100)).toBeCloseTo(100, -1);
  expect(times(0.001)).toBeCloseTo(0.001, 4);
  expect(times(2)).toBeNull();
  expect(times(1)).toBeNull();
});
