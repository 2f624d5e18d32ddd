import { expect, test } from 'vitest';
import { InvalidInput } from '../../../statistics/invalid-input.ts';
import { binShares, jensenShannon, psi, quantileEdges } from '../../../statistics/shares.ts';

test('bins are (lo, hi], open at both ends', () => {
  expect(binShares([-5, 0, 1, 1.5, 2, 99], [0, 1, 2, 3])).toEqual([3 / 6, 2 / 6, 1 / 6]);
});

test('equal values make fewer bins, not empty ones', () => {
  expect(quantileEdges([1, 1, 1, 1, 2], 4)).toEqual([1, 2]);
});

test('a share that has come to nothing counts as 1e-4', () => {
  expect(psi([0.5, 0.5], [1, 0])).toBeCloseTo(0.5 * Math.log(2) + (1e-4 - 0.5) * Math.log(1e-4 / 0.5), 12);
  expect(psi([0.5, 0.5], [0.5, 0.5])).toBe(0);
});

test('Jensen–Shannon goes from nothing to one', () => {
  expect(jensenShannon([3, 1], [30, 10])).toBe(0);
  expect(jensenShannon([1, 0], [0, 1])).toBe(1);
});

test('what cannot be binned or compared is refused', () => {
  expect(() => psi([1], [0.5, 0.5])).toThrow(InvalidInput);
  expect(() => quantileEdges([], 10)).toThrow(InvalidInput);
  expect(() => quantileEdges([1, Number.NaN], 10)).toThrow(InvalidInput);
});
