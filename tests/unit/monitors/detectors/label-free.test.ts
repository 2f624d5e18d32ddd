import { describe, expect, test } from 'vitest';
import { estimateAtc, fitAtc } from '../../../../monitors/detectors/label-free/atc.ts';
import {
  averageConfidence,
  checkAverageConfidence,
} from '../../../../monitors/detectors/label-free/average-confidence.ts';
import { estimateCbpe, fitCbpe } from '../../../../monitors/detectors/label-free/cbpe.ts';
import {
  estimateDifferenceOfConfidences,
  fitDifferenceOfConfidences,
} from '../../../../monitors/detectors/label-free/difference-of-confidences.ts';
import { everyEstimator } from '../../../../monitors/detectors/label-free/every-estimator.ts';
import { estimateImportanceWeighted } from '../../../../monitors/detectors/label-free/importance-weighted.ts';
import { InvalidInput } from '../../../../statistics/invalid-input.ts';
import { randomShares } from '../../../support/random-shares.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Rows with two inputs, of which the model knows the first; the second, unseen, says as much about the truth. */
function world(rows: number, seed: number, { first = 0, second = 0, flips = false } = {}) {
  const random = randomShares(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const inputs = Array.from({ length: rows }, () => [first + normal(), second + normal()]);
  const truth = inputs.map(([a, b]) => Number(random() < sigmoid(2 * a! + 2 * b!) !== flips));
  const scores = inputs.map(([a]) => [sigmoid(1.3 * a!)]);
  return { inputs, truth, scores, predicted: scores.map(([p]) => Number(p! >= 0.5)) };
}

const accuracy = ({ truth, predicted }: { truth: number[]; predicted: number[] }) =>
  truth.filter((is, i) => is === predicted[i]).length / truth.length;

/** The same with a probability of each class. */
const asProbabilities = ({ scores, truth }: ReturnType<typeof world>) => ({
  probabilities: scores.map(([p]) => [1 - p!, p!]),
  truth,
});

describe('where the inputs have moved and mean what they did', () => {
  const reference = world(4_000, 1);
  const moved = world(4_000, 2, { first: 1 });

  test('CBPE is near, and the truth lies within its band', () => {
    const { accuracy: estimated } = estimateCbpe(fitCbpe(reference, { chunkSize: 500 }), moved);
    expect(Math.abs(estimated.estimate - accuracy(moved))).toBeLessThan(0.02);
    expect(estimated.low).toBeLessThan(accuracy(moved));
    expect(estimated.high).toBeGreaterThan(accuracy(moved));
    expect(accuracy(moved)).toBeGreaterThan(accuracy(reference) + 0.02);
  });

  test('ATC, difference of confidences and average confidence are near', () => {
    const then = asProbabilities(reference);
    const { probabilities } = asProbabilities(moved);
    for (const { estimate, low, high } of [
      estimateAtc(fitAtc(then), probabilities),
      estimateDifferenceOfConfidences(fitDifferenceOfConfidences(then), probabilities),
      averageConfidence(probabilities),
    ]) {
      expect(Math.abs(estimate - accuracy(moved))).toBeLessThan(0.05);
      expect(low).toBeLessThan(estimate);
      expect(high).toBeGreaterThan(estimate);
    }
    expect(checkAverageConfidence(then).isCalibrated).toBe(true);
  });
});

test('where a shift moves rows between equal scores, weighting sees what CBPE does not', () => {
  const reference = world(4_000, 3);
  const moved = world(4_000, 4, { second: 1 });
  const cbpe = estimateCbpe(fitCbpe(reference, { chunkSize: 500 }), moved);
  const { metrics, effectiveRows } = estimateImportanceWeighted(reference, moved);
  const [blind, weighted] = [cbpe, metrics].map(({ accuracy: { estimate } }) =>
    Math.abs(estimate - accuracy(moved)),
  ) as [number, number];
  expect(blind).toBeGreaterThan(0.04);
  expect(weighted).toBeLessThan(0.02);
  expect(effectiveRows).toBeLessThan(4_000);
  expect(metrics.accuracy.finding).toBe('steady');
});

test('weighting says nothing where no reference row resembles those of now', () => {
  const { metrics, effectiveRows } = estimateImportanceWeighted(
    world(1_000, 5),
    world(1_000, 6, { first: 6, second: 6 }),
  );
  expect(effectiveRows).toBeLessThan(100);
  expect(metrics.accuracy.finding).toBe('unknown');
});

test('concept drift is seen by none of them, as each of them says', () => {
  const reference = world(3_000, 7);
  const flipped = world(3_000, 8, { flips: true });
  const { accuracy: estimated } = estimateCbpe(fitCbpe(reference, { chunkSize: 500 }), flipped);
  expect(estimated.estimate).toBeGreaterThan(0.6);
  expect(accuracy(flipped)).toBeLessThan(0.4);
  for (const { notTrusted } of everyEstimator) expect(notTrusted).toMatch(/concept drift/);
});

test('overconfidence is found before average confidence is believed', () => {
  const { scores, truth } = world(2_000, 9);
  const probabilities = scores.map(([p]) => {
    const sharp = p! ** 4 / (p! ** 4 + (1 - p!) ** 4);
    return [1 - sharp, sharp];
  });
  const { overconfidence, isCalibrated } = checkAverageConfidence({ probabilities, truth });
  expect(overconfidence).toBeGreaterThan(0.05);
  expect(isCalibrated).toBe(false);
});

test('CBPE follows scores that leave the thresholds, and knows when it knows nothing', () => {
  const fitted = fitCbpe(world(3_000, 10), { chunkSize: 500 });
  const unsure = world(500, 11);
  const { accuracy: estimated } = estimateCbpe(fitted, {
    scores: unsure.scores.map(() => [0.5]),
    predicted: unsure.predicted,
  });
  expect(estimated.finding).toBe('detected');
  const certain = { scores: [[0], [0]], predicted: [0, 0] };
  const never = fitCbpe(world(500, 12), { chunkSize: 250, calibration: 'never' });
  expect(estimateCbpe(never, certain).roc_auc.finding).toBe('unknown');
  expect(JSON.parse(JSON.stringify(fitted))).toEqual(fitted);
});

test('rows that do not belong together are refused', () => {
  const reference = world(10, 13);
  expect(() => fitCbpe({ ...reference, predicted: [1] }, { chunkSize: 5 })).toThrow(InvalidInput);
  expect(() => fitCbpe({ ...reference, scores: reference.scores.map(() => [2]) }, { chunkSize: 5 })).toThrow(
    InvalidInput,
  );
  expect(() => averageConfidence([[1]])).toThrow(InvalidInput);
  expect(() => fitAtc({ probabilities: [[0.5, 0.5]], truth: [] })).toThrow(InvalidInput);
  expect(() => estimateImportanceWeighted(reference, { ...reference, inputs: [[Number.NaN, 1]] })).toThrow(
    InvalidInput,
  );
});
