import { expect, test } from 'vitest';
import { uniform } from '../../../statistics/binomial-draw.ts';
import { logEOfShares } from '../../../statistics/sequential/same-share.ts';

test('by hand: two groups of one row each, and one group of two', () => {
  const apart = [
    { hits: 1, misses: 0 },
    { hits: 0, misses: 1 },
  ];
  // B(1½, ½) / B(½, ½) = ½ for each group; together half of the rows are hits: ¼.
  expect(logEOfShares(apart)).toBeCloseTo(0, 12);
  // B(2½, ½) / B(½, ½) = ⅜, and one share for all reaches 1.
  expect(logEOfShares([{ hits: 2, misses: 0 }])).toBeCloseTo(Math.log(3 / 8), 12);
  expect(logEOfShares([])).toBe(0);
});

test('groups that differ are found; groups that do not are almost never, however often one looks', () => {
  const draw = uniform(11);
  const isFound = (shares: readonly number[]) => {
    const groups = shares.map(() => ({ hits: 0, misses: 0 }));
    for (let row = 0; row < 400; row += 1) {
      const at = row % shares.length;
      if (draw() < shares[at]!) groups[at]!.hits += 1;
      else groups[at]!.misses += 1;
      if (logEOfShares(groups) >= Math.log(20)) return true;
    }
    return false;
  };
  const found = (shares: readonly number[]) =>
    Array.from({ length: 300 }, () => isFound(shares)).filter(Boolean).length / 300;
  expect(found([0.7, 0.7, 0.7, 0.7])).toBeLessThan(0.05);
  expect(found([0.5, 0.5, 0.5, 0.9])).toBeGreaterThan(0.9);
});

test('counts that are none are refused', () => {
  expect(() => logEOfShares([{ hits: -1, misses: 2 }])).toThrow(/logEOfShares/);
});
