import { expect, test } from 'vitest';
import {
  bestThreshold,
  labelsOutputsOf,
  settleLabels,
} from '../../../../training/classification/settle-labels.ts';
import { random } from '../../../../training/random.ts';
import { softplus } from '../../../../training/sigmoid.ts';

const f1 = (scores: readonly number[], isSo: readonly number[], threshold: number) => {
  const hits = scores.filter((score, i) => score >= threshold && isSo[i] === 1).length;
  const answered = scores.filter((score) => score >= threshold).length;
  return (2 * hits) / (answered + isSo.reduce((sum, so) => sum + so));
};

test('the threshold is the one with the highest F1 of all, halfway between two scores; 0.5 where none is better', () => {
  const chance = random(3);
  const isSo = Array.from({ length: 200 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const scores = isSo.map((so) => Math.round(100 * (0.2 * so + 0.4 * chance.uniform())) / 100);
  const best = bestThreshold(Float64Array.from(scores), Uint8Array.from(isSo));
  const tried = Array.from({ length: 101 }, (_, i) => i / 100);
  expect(f1(scores, isSo, best)).toBe(Math.max(...tried.map((threshold) => f1(scores, isSo, threshold))));
  expect(best).not.toBe(0.5);
  expect(bestThreshold(Float64Array.of(0.9, 0.8, 0.3), Uint8Array.of(1, 1, 0))).toBe(0.5);
  expect(bestThreshold(Float64Array.of(0.4, 0.4, 0.1), Uint8Array.of(1, 0, 0))).toBeCloseTo(0.25, 12);
});

/** Rows of two labels whose logits are too sure by half. */
function overconfident(rows: number) {
  const chance = random(1);
  const logits = Float32Array.from({ length: rows * 2 }, () => 6 * (chance.uniform() - 0.5));
  const labels = Array.from({ length: rows }, (_, row) =>
    [0, 1].filter((label) => chance.uniform() < 1 / (1 + Math.exp(-logits[row * 2 + label]! / 2))),
  );
  return { logits, labels };
}

test('scores are made as sure as they are right: the temperature has the smallest loss', () => {
  const held = overconfident(400);
  const { temperature } = settleLabels(held, 2);
  expect(temperature).toBeGreaterThan(1.5);
  const loss = (t: number) =>
    held.labels.reduce(
      (sum, has, row) =>
        sum +
        [0, 1].reduce((own, label) => {
          const z = held.logits[row * 2 + label]! / t;
          return own + softplus(has.includes(label) ? -z : z);
        }, 0),
      0,
    );
  expect(loss(temperature)).toBeLessThan(Math.min(loss(temperature * 1.05), loss(temperature / 1.05)));
});

test('few rows, or rows that are all right, say nothing: then nothing is changed', () => {
  const asItIs = { temperature: 1, threshold: 0.5 };
  expect(settleLabels(null, 2)).toEqual(asItIs);
  expect(settleLabels(overconfident(49), 2)).toEqual(asItIs);
  const { logits } = overconfident(60);
  const right = Array.from({ length: 60 }, (_, row) =>
    [0, 1].filter((label) => logits[row * 2 + label]! > 0),
  );
  expect(settleLabels({ logits, labels: right }, 2)).toEqual(asItIs);
});

test('an answer has the labels from the threshold on, and the scores of all', () => {
  const logits = Float32Array.of(0, Math.log(3) * 2, -9, -9);
  expect(labelsOutputsOf(['a', 'b'], logits, { temperature: 2, threshold: 0.5 })).toEqual([
    { labels: ['a', 'b'], scores: { a: 0.5, b: expect.closeTo(0.75, 6) as number } },
    { labels: [], scores: { a: expect.closeTo(0.011, 3) as number, b: expect.closeTo(0.011, 3) as number } },
  ]);
});
