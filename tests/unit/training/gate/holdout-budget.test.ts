import { expect, test } from 'vitest';
import { attackGain } from '../../../bench/gate/attack.ts';
import { looksForRows, rowsForLooks } from '../../../../training/gate/holdout-budget.ts';

const paper = { p: 0.1, epsilon: 0.01, delta: 1e-4 };

// 29,047.2 and 67,705.1 by the formula.
test('the sample sizes of ease.ml/ci: 29 thousand rows for 32 steps, 67 thousand where each may depend on the last', () => {
  expect(rowsForLooks(32, { ...paper, adaptivity: 'none' })).toBe(29_048);
  expect(rowsForLooks(32, { ...paper, adaptivity: 'full' })).toBe(67_706);
});

test('what so many rows can answer is what it takes so many rows to answer', () => {
  for (const adaptivity of ['none', 'full'] as const)
    for (const looks of [1, 2, 5, 32, 100]) {
      const precision = { ...paper, adaptivity };
      const rows = rowsForLooks(looks, precision);
      expect(looksForRows(rows, precision)).toBeGreaterThanOrEqual(looks);
      expect(looksForRows(rows - 2, precision)).toBeLessThanOrEqual(looks);
    }
  expect(looksForRows(1_000, { ...paper, adaptivity: 'full' })).toBe(0);
});

test('guessing labels gains much where scores are told, and at most three points where the ladder stands between', () => {
  for (const seed of [1, 2, 3]) {
    const { raw, ladder } = attackGain([seed]);
    expect(raw).toBeGreaterThan(0.05);
    expect(ladder).toBeLessThanOrEqual(0.03);
  }
});
