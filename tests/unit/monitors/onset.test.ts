import { expect, test } from 'vitest';
import { estimateOnset, isClear } from '../../../monitors/onset.ts';

const errors = (...parts: [rows: number, every: number][]) =>
  parts.flatMap(([rows, every]) => Array.from({ length: rows }, (_, i) => i % every === 0));

test('the onset stands where the error rate rises', () => {
  const onset = estimateOnset(errors([500, 20], [100, 2]))!;
  expect(onset.index).toBe(500);
  expect(onset.before).toBeCloseTo(0.05, 12);
  expect(onset.after).toBeCloseTo(0.5, 12);
  expect(isClear(onset)).toBe(true);
});

test('the gain is the log-likelihood ratio of two rates over one, worked by hand', () => {
  // 0 of 4, then 2 of 2, against 2 of 6: 0 − (2 ln ⅓ + 4 ln ⅔).
  expect(estimateOnset([0, 0, 0, 0, 1, 1])).toEqual({
    index: 4,
    gain: expect.closeTo(-(2 * Math.log(1 / 3) + 4 * Math.log(2 / 3)), 12) as number,
    before: 0,
    after: 1,
  });
});

test('there is no onset where nothing rises', () => {
  expect(estimateOnset([])).toBeNull();
  expect(estimateOnset([1])).toBeNull();
  expect(estimateOnset(new Uint8Array(100))).toBeNull();
  expect(estimateOnset(new Uint8Array(100).fill(1))).toBeNull();
  expect(estimateOnset([1, 1, 1, 0, 0, 0])).toBeNull();
  expect(isClear(null)).toBe(false);
});

test('a slight rise is an onset, but not a clear one', () => {
  const onset = estimateOnset(errors([100, 10], [20, 8]));
  expect(onset).not.toBeNull();
  expect(isClear(onset)).toBe(false);
  expect(isClear(onset, { clearOnsetGain: 0.1 })).toBe(true);
});
