import { describe, test } from 'vitest';
import { brier, expectedCalibrationError, logLoss } from '../../../statistics/calibration.ts';
import { expectClose, needsVectors, readVector } from './vector.ts';

type Input = { p1: number[]; y: number[] };
type Expected = { brier: number; log_loss: number; ece10: number };

describe.skipIf(needsVectors().skip)('calibration, as scikit-learn has it', () => {
  const read = () => readVector<Input, Expected>('calibration-metrics');
  const tolerance = { abs: 1e-9 };

  test('Brier score', () => {
    const { input, expected } = read();
    expectClose(brier(input.p1, input.y), expected.brier, tolerance);
  });

  test('log loss', () => {
    const { input, expected } = read();
    const ofTruth = input.p1.map((p, i) => (input.y[i] === 1 ? p : 1 - p));
    expectClose(logLoss(ofTruth), expected.log_loss, tolerance);
  });

  test('calibration error in ten bins', () => {
    const { input, expected } = read();
    expectClose(expectedCalibrationError(input.p1, input.y, 10), expected.ece10, tolerance);
  });
});
