import { expect, test } from 'vitest';
import { uniform } from '../../../statistics/binomial-draw.ts';
import { bootstrapFigures, bootstrapMean } from '../../../statistics/bootstrap.ts';
import { InvalidInput } from '../../../statistics/invalid-input.ts';

const right = Array.from({ length: 80 }, (_, i) => (i % 5 === 0 ? 0 : 1));
const options = { seed: 3, resamples: 300 };

test('several figures from the same resamples are what each would be alone', () => {
  const loss = right.map((r, i) => (r === 1 ? 0.1 : 1 + i / 100));
  const mean = (values: readonly number[]) => (weights: Int32Array) =>
    values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / values.length;
  const [accuracy, logLoss] = bootstrapFigures(80, (w) => [mean(right)(w), mean(loss)(w)], options);
  expect(accuracy).toEqual(bootstrapFigures(80, (w) => [mean(right)(w)], options)[0]);
  // The same draws; only a mean's interval is corrected besides.
  const lossAlone = bootstrapMean(loss, options);
  for (const key of ['estimate', 'p'] as const) expect(logLoss![key]).toBeCloseTo(lossAlone[key], 12);
  for (const key of ['low', 'high'] as const)
    expect(Math.abs(logLoss![key] - lossAlone[key])).toBeLessThan(0.05);
});

const meanOf = (values: readonly number[]) => (weights: Int32Array) => {
  let [sum, all] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    sum += weights[i]! * values[i]!;
    all += weights[i]!;
  }
  return sum / all;
};

test('BCa by leaving groups out is that of leaving rows out: of a mean, which is known exactly', () => {
  const draw = uniform(8);
  const skewed = Array.from({ length: 400 }, () => (-Math.log(draw())) ** 3);
  const mean = meanOf(skewed);
  const asked = { seed: 3, resamples: 4_000 };
  const exact = bootstrapMean(skewed, asked);
  const [bca, plain] = bootstrapFigures(400, (w) => [mean(w), mean(w)], { ...asked, isBca: (f) => f === 0 });
  const width = exact.high - exact.low;
  for (const key of ['low', 'high'] as const)
    expect(Math.abs(bca![key] - exact[key]) / width).toBeLessThan(0.05);
  // It leans to where the long tail is; percentiles do not.
  expect((bca!.low - plain!.low) / width).toBeGreaterThan(0.05);
  expect((bca!.high - plain!.high) / width).toBeGreaterThan(0.05);
});

test('of a skewed figure of few rows BCa misses less often than percentiles', () => {
  const draw = uniform(21);
  const missed = [0, 0];
  for (let time = 0; time < 300; time += 1) {
    const values = Array.from({ length: 30 }, () => (-Math.log(draw())) ** 2);
    const mean = meanOf(values);
    const both = bootstrapFigures(30, (w) => [mean(w), mean(w)], {
      seed: time + 1,
      resamples: 500,
      isBca: (f) => f === 0,
    });
    // The mean of a squared exponential is 2.
    for (const [f, { low, high }] of both.entries()) if (low > 2 || high < 2) missed[f]! += 1;
  }
  expect(missed[0]! / 300).toBeLessThan(0.18);
  expect(missed[0]!).toBeLessThan(missed[1]!);
});

test('one unit alone has an interval of nothing but itself', () => {
  const [one] = bootstrapFigures(1, (w) => [meanOf([5])(w)], { ...options, isBca: () => true });
  expect(one).toMatchObject({ estimate: 5, low: 5, high: 5 });
});

test('nothing to draw from is refused', () => {
  expect(() => bootstrapFigures(0, () => [0], options)).toThrow(InvalidInput);
});
