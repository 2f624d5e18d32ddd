import { expect, test } from 'vitest';
import { uniform } from '../../../statistics/binomial-draw.ts';
import { bootstrapCounts, bootstrapMean } from '../../../statistics/bootstrap.ts';
import { InvalidInput } from '../../../statistics/invalid-input.ts';

/** Rows on which both were alike, only the challenger right, only the champion right. */
const gain = (counts: Int32Array) => [(counts[1]! - counts[2]!) / counts.reduce((sum, n) => sum + n, 0)];
const ofGain = (counts: number[], options: { seed: number; resamples?: number }) =>
  bootstrapCounts(counts, gain, options)[0]!;

test('the interval of a gain is as wide as theory says', () => {
  const { estimate, low, high } = ofGain([900, 70, 30], { seed: 7, resamples: 4_000 });
  expect(estimate).toBeCloseTo(0.04, 12);
  const error = Math.sqrt(0.1 - 0.04 ** 2) / Math.sqrt(1_000); // of a mean of ±1 and 0
  expect(low).toBeCloseTo(0.04 - 1.96 * error, 2);
  expect(high).toBeCloseTo(0.04 + 1.96 * error, 2);
});

test('a clear gain has a small p, none has one about a half', () => {
  expect(ofGain([900, 70, 30], { seed: 1 }).p).toBeLessThan(0.001);
  expect(ofGain([900, 50, 50], { seed: 1 }).p).toBeGreaterThan(0.3);
});

test('the same seed gives the same answer, another seed another', () => {
  const of = (seed: number) => ofGain([90, 7, 3], { seed, resamples: 200 });
  expect(of(3)).toEqual(of(3));
  expect(of(3)).not.toEqual(of(4));
});

test('a mean agrees with the same thing counted', () => {
  const values = [...Array<number>(600).fill(0), ...Array<number>(400).fill(1)];
  const options = { seed: 5, resamples: 4_000 };
  const [counted] = bootstrapCounts([600, 400], (counts) => [counts[1]! / 1_000], options);
  const mean = bootstrapMean(values, options);
  expect(mean.estimate).toBeCloseTo(counted!.estimate, 12);
  expect(Math.abs(mean.low - counted!.low)).toBeLessThan(0.004);
  expect(Math.abs(mean.high - counted!.high)).toBeLessThan(0.004);
});

test('many rows are drawn by cells of nearly equal values: the interval is as wide as theory says', () => {
  const draw = uniform(2);
  const losses = Array.from({ length: 40_000 }, () => -Math.log(draw()));
  const { estimate, low, high } = bootstrapMean(losses, { seed: 3, resamples: 4_000 });
  // An exponential's deviation is 1.
  expect(estimate).toBeCloseTo(losses.reduce((sum, x) => sum + x, 0) / 40_000, 12);
  expect((high - low) / 2).toBeCloseTo(1.96 / Math.sqrt(40_000), 3);
});

test('an interval leans to where a skewed figure may lie, as BCa does: the law school data', () => {
  // Efron and Tibshirani (1993), table 3.1 and p. 187: the correlation .776 of 15 schools, BCa (.43, .93) at 90 %.
  const lsat = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594];
  const gpa = [3.39, 3.3, 2.81, 3.03, 3.44, 3.07, 3, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96];
  const correlation = (counts: Int32Array) => {
    let [n, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
    for (const [i, count] of counts.entries()) {
      n += count;
      x += count * lsat[i]!;
      y += count * gpa[i]!;
      xx += count * lsat[i]! ** 2;
      yy += count * gpa[i]! ** 2;
      xy += count * lsat[i]! * gpa[i]!;
    }
    return [(n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y))];
  };
  const options = { seed: 11, resamples: 20_000, confidence: 0.9 };
  const { estimate, low, high } = bootstrapCounts(Array<number>(15).fill(1), correlation, options)[0]!;
  expect(estimate).toBeCloseTo(0.776, 3);
  expect(Math.abs(low - 0.43)).toBeLessThan(0.02);
  expect(Math.abs(high - 0.93)).toBeLessThan(0.01);
});

test('no rows, or a count that is none, is refused', () => {
  expect(() => bootstrapMean([], { seed: 1 })).toThrow(InvalidInput);
  expect(() => bootstrapCounts([0, 0], gain, { seed: 1 })).toThrow(InvalidInput);
  expect(() => bootstrapCounts([3, -1], gain, { seed: 1 })).toThrow('cell 1 has -1 rows');
});
