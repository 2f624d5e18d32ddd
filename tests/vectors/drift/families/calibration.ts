import { expect } from 'vitest';
import { brier, expectedCalibrationError, logLoss } from '../../../../statistics/calibration.ts';
import { confusionOf, f1Of, matthewsOf } from '../../../../statistics/confusion.ts';
import { fitIsotonic, isotonicAt } from '../../../../statistics/isotonic.ts';
import { averagePrecision, rocAuc } from '../../../../statistics/ranking.ts';
import { checkEvery, expectAllClose, expectClose } from '../vector.ts';
import type { Vector } from '../vector.ts';

export function calibrationMetrics(vector: Vector<{ p1: number[]; y: number[] }>): void {
  const { id, input, tolerance } = vector;
  const { p1, y } = input;
  const is = (name: string, value: () => number) => [
    name,
    (wanted: number) => expectClose(value(), wanted, tolerance, `${id}, ${name}`),
  ];
  const answered = confusionOf(
    p1.map((p) => p >= 0.5),
    y,
  );
  const curve = fitIsotonic(p1, y);
  const grid = vector.expected['isotonic_grid_x'] as number[];
  checkEvery(
    vector.expected,
    {
      ...Object.fromEntries([
        is('brier', () => brier(p1, y)),
        is('log_loss', () => logLoss(p1.map((p, i) => (y[i] === 1 ? p : 1 - p)))),
        is('ece10', () => expectedCalibrationError(p1, y, 10)),
        is('roc_auc', () => rocAuc(p1, y)),
        is('average_precision', () => averagePrecision(p1, y)),
        is('f1_at_0.5', () => f1Of(answered)),
        is('mcc_at_0.5', () => matthewsOf(answered)),
      ]),
      isotonic_grid_x: (xs: number[]) => expect(xs).toEqual(xs.toSorted((a, b) => a - b)),
      isotonic_grid_y: (ys: number[]) =>
        expectAllClose(
          grid.map((x) => isotonicAt(curve, x)),
          ys,
          tolerance,
          `${id}, isotonic`,
        ),
    },
    id,
  );
}
