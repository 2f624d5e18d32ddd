import { expect, test } from 'vitest';
import { random } from '../../../../training/random.ts';
import { recalibrateScores } from '../../../../training/recalibration/recalibrate-scores.ts';
import { recalibrate } from '../../../../training/recalibration/run-recalibration-job.ts';
import { shiftPriors } from '../../../../training/recalibration/shift-priors.ts';
import { softmax } from '../../../../training/softmax.ts';
import { predictTabular } from '../../../../training/tabular/predict-tabular.ts';
import type { TrainedTabular } from '../../../../training/tabular/train-tabular.ts';

const GAP = 1.6;
const labels = ['no', 'yes'] as const;

/** Two normals GAP apart, and Bayes' rule for them as a network of one layer, for the share of yes. */
function drawRows(seed: number, rows: number, yes: number) {
  const { uniform } = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const truths = Array.from({ length: rows }, () => (uniform() < yes ? 'yes' : 'no'));
  return { rows: truths.map((label) => ({ x: normal() + (label === 'yes' ? GAP : 0) })), labels: truths };
}
const bayes = (yes: number): TrainedTabular => ({
  model: {
    name: 'm',
    task: { kind: 'classification', labels: [...labels] },
    input: { x: { kind: 'number' } },
  },
  preprocessing: { columns: [{ name: 'x', kind: 'number', mean: 0, scale: 1, missing: false }] },
  network: { inputs: 1, hidden: [], outputs: 2 },
  // Twice the logits at twice the temperature are the same scores.
  weights: Float32Array.from([0, 2 * GAP, 0, 2 * (Math.log(yes / (1 - yes)) - GAP ** 2 / 2)]),
  temperature: 2,
});

const rightOf = (version: TrainedTabular, { rows, labels: truths }: ReturnType<typeof drawRows>) =>
  predictTabular(version, rows).filter(({ label }, i) => label === truths[i]).length / truths.length;

test('after label shift the champion with new shares is as right as the best rule for them', () => {
  const champion = bayes(0.15);
  const test = drawRows(3, 20_000, 0.6);
  const recalibrated = recalibrate(champion, drawRows(1, 250, 0.6), drawRows(2, 40, 0.6));
  expect(rightOf(champion, test)).toBeLessThan(0.65);
  expect(rightOf(bayes(0.6), test) - rightOf(recalibrated, test)).toBeLessThan(0.01);
  // It says how sure it is, too: the mean score of yes is their share.
  const mean =
    predictTabular(recalibrated, test.rows).reduce((sum, one) => sum + one.scores['yes']!, 0) / 20_000;
  expect(mean).toBeCloseTo(0.6, 1);
  expect(recalibrated.weights.slice(0, 2)).toEqual(champion.weights.slice(0, 2));
});

test('from its scores alone a classifier is recalibrated as from its logits, temperature and all', () => {
  const champion = bayes(0.15);
  const [train, validation, test] = [drawRows(1, 250, 0.6), drawRows(2, 120, 0.6), drawRows(3, 200, 0.6)];
  const known = recalibrate(champion, train, validation);
  const answered = (rows: typeof train) => ({
    answers: predictTabular(champion, rows.rows),
    labels: rows.labels,
  });
  const { scale, answersOf } = recalibrateScores(
    champion.model,
    { temperature: 2, shift: [] },
    { train: answered(train), validation: answered(validation) },
  );
  expect(scale.temperature).toBeCloseTo(known.temperature, 2);
  const before = predictTabular({ ...champion, temperature: scale.temperature }, test.rows);
  for (const [i, { label, scores }] of predictTabular(known, test.rows).entries()) {
    const logits = labels.map((one, k) => Math.log(before[i]!.scores[one]!) + scale.shift[k]!);
    expect(softmax(logits, 0, 2)[1]).toBeCloseTo(scores['yes']!, 2);
    expect(answersOf(predictTabular(champion, [test.rows[i]!]))).toEqual([label]);
  }
});

test('on the rows that they were fitted on, the mean score of each label is its share, also of one that has not come', () => {
  const { uniform } = random(7);
  const logits = Array.from({ length: 300 }, () => 4 * uniform() - 2);
  const truths = Array.from({ length: 100 }, (_, i) => (i < 70 ? 0 : 1));
  const shift = shiftPriors(logits, truths, 3, 1.5);
  const means = [0, 0, 0];
  for (let row = 0; row < 100; row += 1) {
    const shifted = [0, 1, 2].map((c) => logits[row * 3 + c]! / 1.5 + shift[c]!);
    for (const [c, score] of softmax(shifted, 0, 3).entries()) means[c]! += score / 100;
  }
  for (const [c, rows] of [70.5, 30.5, 0.5].entries()) expect(means[c]).toBeCloseTo(rows / 101.5, 5);
});
