import { expect, test } from 'vitest';
import { evaluateValues } from '../../../training/evaluate-values.ts';

const truths = Array.from({ length: 80 }, (_, i) => i % 40);
const reportOf = (off: (i: number) => number) =>
  evaluateValues({
    truths,
    answers: truths.map((truth, i) => truth + off(i)),
    trainingMean: 19.5,
    slicesOf: (i) => ({ half: i < 40 ? 'first' : 'second', all: 'one', tiny: String(i) }),
    seed: 1,
  });

test('figures are those of the rows: two off everywhere, or five off in a tenth of them', () => {
  const spread = truths.reduce((sum, truth) => sum + (truth - 19.5) ** 2, 0) / truths.length;
  const everywhere = reportOf((i) => (i % 2 ? 2 : -2));
  expect(everywhere.metrics.mae.estimate).toBeCloseTo(2, 12);
  expect(everywhere.metrics.rmse.estimate).toBeCloseTo(2, 12);
  expect(everywhere.metrics.r2.estimate).toBeCloseTo(1 - 4 / spread, 12);
  expect(everywhere.baseline).toMatchObject({ value: 19.5, mae: 10 });
  const tenth = reportOf((i) => (i % 10 === 0 ? 5 : 0));
  expect(tenth.metrics.mae.estimate).toBeCloseTo(0.5, 12);
  expect(tenth.metrics.rmse.estimate).toBeCloseTo(Math.sqrt(2.5), 12);
  expect(tenth.offBy).toEqual({ half: 0, nineOfTen: 5 });
  for (const { estimate, low, high } of Object.values(tenth.metrics)) {
    expect(low).toBeLessThanOrEqual(estimate);
    expect(high).toBeGreaterThanOrEqual(estimate);
  }
});

test('perfect answers explain everything, the mean explains nothing', () => {
  expect(reportOf(() => 0).metrics.r2.estimate).toBe(1);
  const mean = truths.reduce((sum, truth) => sum + truth, 0) / truths.length;
  expect(reportOf((i) => mean - truths[i]!).metrics.r2.estimate).toBeCloseTo(0, 12);
});

test('the part that is furthest off comes first; parts that are everything, or a few rows, are none', () => {
  const { slices } = reportOf((i) => (i < 40 ? 0 : 3 + (i % 3)));
  expect(slices.map(({ of, value, rows }) => [of, value, rows])).toEqual([
    ['half', 'second', 40],
    ['half', 'first', 40],
  ]);
});

test('nothing to look at, or answers to other rows, is a mistake of the caller', () => {
  const test = { trainingMean: 0, slicesOf: () => ({}), seed: 1 };
  expect(() => evaluateValues({ ...test, truths: [], answers: [] })).toThrow(RangeError);
  expect(() => evaluateValues({ ...test, truths: [1], answers: [] })).toThrow(RangeError);
});
