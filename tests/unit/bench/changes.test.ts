import { expect, test } from 'vitest';
import { closings, promotionShares, sayPromotion } from '../../bench/loop/changes.ts';

const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const changes = [1_000, 2_000];

test('a promotion tells which share of its training rows is from before the latest change', () => {
  const shares = promotionShares(
    [
      { version: 'v2', atRow: 1_400, trainingRows: upTo(900, 1_300) },
      { version: 'v1', atRow: 2_200, trainingRows: null },
      { version: 'v3', atRow: 2_600, trainingRows: upTo(2_000, 2_400) },
      // Trained before the second change, promoted after it: it is held against the first.
      { version: 'v4', atRow: 2_010, trainingRows: upTo(1_500, 1_990) },
      { version: 'v5', atRow: 700, trainingRows: upTo(100, 600) },
    ],
    changes,
  );
  expect(shares.map(({ shareBefore }) => shareBefore)).toEqual([0.25, null, 0, 0, null]);
  expect(shares.map(({ changeAtRow }) => changeAtRow)).toEqual([1_000, 2_000, 2_000, 1_000, null]);
  expect(sayPromotion(shares[0]!)).toContain(
    'of the 400 rows that it had learnt from, 25.0 % are from before',
  );
  expect(sayPromotion(shares[1]!)).toContain('came back, without a training');
});

test('the loop has closed after a change when a promotion lies between it and the next', () => {
  const promotions = [
    { version: 'v2', atRow: 700 },
    { version: 'v3', atRow: 2_300 },
    { version: 'v4', atRow: 2_900 },
  ];
  expect(closings(promotions, [...changes, 5_000], 4_000)).toEqual([
    { changeAtRow: 1_000, promotedAtRow: null },
    { changeAtRow: 2_000, promotedAtRow: 2_300 },
  ]);
});
