import { expect } from 'vitest';
import { expectedCalibrationError } from '../../../../statistics/calibration.ts';
import { meanCrossEntropy, softmax } from '../../../../training/softmax.ts';
import { fitTemperature } from '../../../../training/temperature.ts';
import { onlyKnown } from './case.ts';
import type { LossCase } from './case.ts';
import { expectAll } from './tensors.ts';

type Vector = {
  logits: number[][];
  labels: number[];
  optimum_T: number;
  nll_at_1: number;
  nll_at_optimum: number;
  nll_grid: Record<string, number>;
  ece15_before: number;
  ece15_after: number;
};

/** The file rounds its sums to nine digits, and its logits to four places. */
const SUM = { abs: 1e-6 };
const ECE_BINS = 15;

/** temperature.json: the temperature that calibrates, and what it does to loss and calibration error. */
export function temperatureCases(vector: unknown): LossCase[] {
  const v = vector as Vector;
  onlyKnown(
    v,
    'logits labels optimum_T nll_at_1 nll_at_optimum nll_grid ece15_before ece15_after method ece_rule',
    'temperature.json',
  );
  const logits = v.logits.flat();
  const classes = v.logits[0]!.length;
  const lossAt = (t: number) =>
    meanCrossEntropy(
      logits.map((z) => z / t),
      v.labels,
      classes,
    );
  const calibrationErrorAt = (t: number) => {
    const rows = v.labels.map((_, row) => softmax(logits, row * classes, classes, t));
    const sure = rows.map((shares) => Math.max(...shares));
    const right = rows.map((shares, row) => (shares.indexOf(sure[row]!) === v.labels[row] ? 1 : 0));
    return expectedCalibrationError(sure, right, ECE_BINS);
  };
  return [
    {
      name: 'the temperature is the optimum, and calibrates',
      run() {
        const temperature = fitTemperature(logits, v.labels);
        expect(Math.abs(temperature - v.optimum_T)).toBeLessThan(1e-4);
        expectAll([lossAt(temperature)], [v.nll_at_optimum], SUM, 'loss at the optimum');
        expectAll([calibrationErrorAt(1)], [v.ece15_before], SUM, 'calibration error before');
        expectAll([calibrationErrorAt(v.optimum_T)], [v.ece15_after], SUM, 'calibration error after');
      },
    },
    {
      name: 'losses at given temperatures',
      run() {
        expectAll([lossAt(1)], [v.nll_at_1], SUM, 'loss at 1');
        for (const [t, loss] of Object.entries(v.nll_grid))
          expectAll([lossAt(Number(t))], [loss], SUM, `loss at ${t}`);
      },
    },
  ];
}
