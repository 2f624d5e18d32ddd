import { expect, test } from 'vitest';
import { rowsForLooks, USES_AT_MOST, usesOf } from '../../../../training/gate/holdout-budget.ts';

const paper = { p: 0.1, epsilon: 0.01, delta: 1e-4 };

// 29,047.2 and 67,705.1 by the formula.
test('the sample sizes of ease.ml/ci: 29 thousand rows for 32 steps, 67 thousand where each may depend on the last', () => {
  expect(rowsForLooks(32, { ...paper, adaptivity: 'none' })).toBe(29_048);
  expect(rowsForLooks(32, { ...paper, adaptivity: 'full' })).toBe(67_706);
});

test('rows judge as many challengers as they can to the declared effect: one at least, ten at most', () => {
  const gate = { effect: 0.03, alpha: 0.05 };
  const needed = (uses: number) =>
    rowsForLooks(uses, { p: 0.1, epsilon: 0.03, delta: 0.05, adaptivity: 'full' });
  for (const uses of [2, 3, 7]) {
    expect(usesOf(needed(uses), gate)).toBe(uses);
    expect(usesOf(needed(uses) - 1, gate)).toBe(uses - 1);
  }
  expect([usesOf(0, gate), usesOf(1_000_000, gate)]).toEqual([1, USES_AT_MOST]);
});

test('a larger effect, or a larger chance of being wrong, lets the same rows judge more', () => {
  const of = (effect: number, alpha: number) => usesOf(1_240, { effect, alpha });
  expect([of(0.03, 0.05), of(0.04, 0.05), of(0.05, 0.05)]).toEqual([1, 6, USES_AT_MOST]);
  expect([of(0.04, 0.001), of(0.04, 0.2)]).toEqual([1, 8]);
});
