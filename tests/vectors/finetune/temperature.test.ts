import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { meanCrossEntropy } from '../../../training/softmax.ts';
import { fitTemperature } from '../../../training/temperature.ts';
import { needsShared, shared } from '../../support/shared-data.ts';

const file = 'vectors/finetune/losses/temperature.json';

test.skipIf(needsShared(file).skip)('the temperature is the optimum of the reference implementation', () => {
  const vector = JSON.parse(readFileSync(shared(file), 'utf8')) as {
    logits: number[][];
    labels: number[];
    optimum_T: number;
    nll_grid: Record<string, number>;
    nll_at_optimum: number;
  };
  const logits = vector.logits.flat();
  const classes = vector.logits[0]!.length;
  const at = (t: number) =>
    meanCrossEntropy(
      logits.map((z) => z / t),
      vector.labels,
      classes,
    );
  const temperature = fitTemperature(logits, vector.labels);
  expect(Math.abs(temperature - vector.optimum_T)).toBeLessThan(1e-4);
  expect(at(temperature)).toBeCloseTo(vector.nll_at_optimum, 6);
  for (const [t, loss] of Object.entries(vector.nll_grid)) expect(at(Number(t))).toBeCloseTo(loss, 6);
});
