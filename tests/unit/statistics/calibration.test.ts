import { expect, test } from 'vitest';
import {
  brier,
  expectedCalibrationError,
  logLoss,
  multiclassBrier,
} from '../../../statistics/calibration.ts';
import { InvalidInput } from '../../../statistics/invalid-input.ts';

test('a certain mistake costs a lot, but not infinitely much', () => {
  expect(logLoss([0.5, 0.5])).toBeCloseTo(Math.log(2), 12);
  expect(logLoss([0])).toBeCloseTo(-Math.log(1e-15), 9);
});

test('with two classes the Brier score over classes is twice that of yes and no', () => {
  expect(brier([0.8, 0.3], [1, 0])).toBeCloseTo((0.04 + 0.09) / 2, 12);
  expect(
    multiclassBrier(
      [
        [0.2, 0.8],
        [0.7, 0.3],
      ],
      [1, 0],
    ),
  ).toBeCloseTo(0.13, 12);
});

test('the calibration error of four logits, worked independently with 15 bins (lo, hi]', () => {
  const confidence = [2, 1.5, 3, 0.2].map((logit) => 1 / (1 + Math.exp(-logit)));
  expect(expectedCalibrationError(confidence, [1, 0, 1, 1])).toBeCloseTo(0.3585923, 7);
});

test('an edge belongs to the bin below it', () => {
  // .2 and .15 share the bin (.1, .2]; their errors cancel there, in bins [lo, hi) they would not.
  expect(expectedCalibrationError([0.2, 0.15], [0, 0.35], 10)).toBeCloseTo(0, 12);
  for (let k = 1; k <= 15; k += 1) {
    expect(expectedCalibrationError([k / 15, (k - 0.5) / 15], [0, (2 * k - 0.5) / 15])).toBeCloseTo(0, 12);
  }
});

test('what cannot be paired, or is no confidence, is refused', () => {
  expect(() => brier([0.1], [])).toThrow(InvalidInput);
  expect(() => logLoss([])).toThrow(InvalidInput);
  expect(() => expectedCalibrationError([1.2], [1])).toThrow(InvalidInput);
});
