import { expect, test } from 'vitest';
import { random } from '../../../training/random.ts';
import { meanCrossEntropy, softmax } from '../../../training/softmax.ts';
import { fitTemperature } from '../../../training/temperature.ts';

test('scores that are twice too sure are given a temperature of two', () => {
  const chance = random(1);
  const rows = 4000;
  const truth = Array.from({ length: rows }, () => 4 * chance.uniform() - 2);
  const logits = truth.flatMap((z) => [0, 2 * z]);
  const labels = truth.map((z) => (chance.uniform() < 1 / (1 + Math.exp(-z)) ? 1 : 0));
  const temperature = fitTemperature(logits, labels);
  expect(temperature).toBeGreaterThan(1.8);
  expect(temperature).toBeLessThan(2.2);
  const scaled = logits.map((z) => z / temperature);
  for (const nudge of [0.9, 1.1])
    expect(meanCrossEntropy(scaled, labels, 2)).toBeLessThan(
      meanCrossEntropy(
        scaled.map((z) => z * nudge),
        labels,
        2,
      ),
    );
});

test('softmax survives logits of any size', () => {
  expect(softmax([1e4, 1e4 - 1], 0, 2)[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
  expect(softmax([-800, -900, -800], 0, 3)).toEqual([0.5, expect.closeTo(0, 12), 0.5]);
});
