import { expect, test } from 'vitest';
import { bootstrapCounts, bootstrapMean } from '../../../statistics/bootstrap.ts';
import { InvalidInput } from '../../../statistics/invalid-input.ts';

/** 0: both alike, 1: only the challenger right, 2: only the champion right. */
const rowsOf = (both: number, wins: number, losses: number) => [
  ...Array<number>(both).fill(0),
  ...Array<number>(wins).fill(1),
  ...Array<number>(losses).fill(2),
];
const gain = (counts: Int32Array) => (counts[1]! - counts[2]!) / counts.reduce((sum, n) => sum + n, 0);

test('the interval of a gain is as wide as theory says', () => {
  const { estimate, low, high } = bootstrapCounts(rowsOf(900, 70, 30), 3, gain, {
    seed: 7,
    resamples: 4_000,
  });
  expect(estimate).toBeCloseTo(0.04, 12);
  const error = Math.sqrt(0.1 - 0.04 ** 2) / Math.sqrt(1_000); // of a mean of ±1 and 0
  expect(low).toBeCloseTo(0.04 - 1.96 * error, 2);
  expect(high).toBeCloseTo(0.04 + 1.96 * error, 2);
});

test('a clear gain has a small p, none has one about a half', () => {
  expect(bootstrapCounts(rowsOf(900, 70, 30), 3, gain, { seed: 1 }).p).toBeLessThan(0.001);
  expect(bootstrapCounts(rowsOf(900, 50, 50), 3, gain, { seed: 1 }).p).toBeGreaterThan(0.3);
});

test('the same seed gives the same answer, another seed another', () => {
  const of = (seed: number) => bootstrapCounts(rowsOf(90, 7, 3), 3, gain, { seed, resamples: 200 });
  expect(of(3)).toEqual(of(3));
  expect(of(3)).not.toEqual(of(4));
});

test('a mean agrees with the same thing counted', () => {
  const values = [...Array<number>(60).fill(0), ...Array<number>(40).fill(1)];
  const counted = bootstrapCounts(values, 2, (counts) => counts[1]! / 100, { seed: 5 });
  const mean = bootstrapMean(values, { seed: 5 });
  expect(mean.estimate).toBeCloseTo(counted.estimate, 12);
  expect(mean.low).toBeCloseTo(counted.low, 12);
  expect(mean.high).toBeCloseTo(counted.high, 12);
});

test('no rows, or a row in no cell, is refused', () => {
  expect(() => bootstrapMean([], { seed: 1 })).toThrow(InvalidInput);
  expect(() => bootstrapCounts([3], 3, gain, { seed: 1 })).toThrow('row 0 lies in cell 3 of 3');
});
