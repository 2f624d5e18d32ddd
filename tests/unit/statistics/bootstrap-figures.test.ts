import { expect, test } from 'vitest';
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

test('nothing to draw from is refused', () => {
  expect(() => bootstrapFigures(0, () => [0], options)).toThrow(InvalidInput);
});
