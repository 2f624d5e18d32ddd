import { expect, test } from 'vitest';
import { parseDeclarations, estimated } from '../../../domain/config.ts';
import { caught } from '../../support/caught.ts';
import { estimateOf, fitEstimator, type KnownAnswer } from '../../../monitors/estimate.ts';
import { confidenceMethods } from '../../../domain/performance-estimator.ts';
import { drawer } from '../../../statistics/drawer.ts';

const labels = ['no', 'yes'];

/** Answers of a model that is surer than right: a score of s comes true in .5 + (s − .5) / 2 of the cases. */
function overconfident(rows: number, seed: number): KnownAnswer[] {
  const drawn = drawer(seed);
  const draw = () => drawn(1_000_000) / 1_000_000;
  return Array.from({ length: rows }, () => {
    const yes = draw();
    const isYes = draw() < 0.5 + (yes - 0.5) / 2;
    return {
      scores: { no: 1 - yes, yes },
      predicted: yes > 0.5 ? 'yes' : 'no',
      label: isYes ? 'yes' : 'no',
    };
  });
}
const share = (rows: readonly KnownAnswer[]) =>
  rows.filter(({ predicted, label }) => predicted === label).length / rows.length;

test('what is expected of rows that nobody has labelled is what comes true, though the scores promise more', () => {
  const estimator = fitEstimator(labels, overconfident(2_000, 1))!;
  const rows = overconfident(4_000, 2);
  const estimates = rows.map((row) => estimateOf(labels, estimator, row)!);
  const expected = estimates.reduce((sum, { right }) => sum + right, 0) / rows.length;
  const promised = rows.reduce((sum, { scores, predicted }) => sum + scores[predicted]!, 0) / rows.length;
  expect(promised).toBeGreaterThan(0.74);
  expect(share(rows)).toBeCloseTo(0.625, 1);
  // Three standard errors of the rows and of what it was learnt on.
  const band = 3 * Math.sqrt(estimator.spreads.accuracy! * (1 / rows.length + 1 / estimator.rows));
  expect(Math.abs(expected - share(rows))).toBeLessThan(band);
  for (const { probabilities, right } of estimates) {
    expect(probabilities[0]! + probabilities[1]!).toBeCloseTo(1, 9);
    expect(probabilities).toContain(right);
  }
  expect(estimator.spreads.accuracy).toBeCloseTo(0.625 * 0.375, 1);
  expect(JSON.parse(JSON.stringify(estimator))).toEqual(estimator);
});

test('how sure answers are alone says it too, and each method keeps what chance is worth', () => {
  const estimator = fitEstimator(labels, overconfident(2_000, 1))!;
  const { methods } = estimator.confidence!;
  const rows = overconfident(4_000, 2);
  for (const method of confidenceMethods) {
    const said = rows.map((row) => estimateOf(labels, estimator, row)!.confident![method]);
    const expected = said.reduce((sum, one) => sum + one, 0) / rows.length + methods[method].offset;
    const band = 3 * Math.sqrt(methods[method].spread * (1 / rows.length + 1 / estimator.rows));
    expect(Math.abs(expected - share(rows)), method).toBeLessThan(band);
    expect(band).toBeLessThan(0.06);
  }
  const { confidence: _without, ...old } = estimator;
  expect(estimateOf(labels, old, rows[0]!)!.confident).toBeNull();
});

test('with few labelled rows, or with scores that are no probabilities of the labels, nothing is estimated', () => {
  expect(fitEstimator(labels, overconfident(499, 3))).toBeNull();
  const estimator = fitEstimator(labels, overconfident(500, 3))!;
  expect(estimator.rows).toBe(500);
  const odd = [
    { scores: {}, predicted: 'yes' },
    { scores: { no: 0.5 }, predicted: 'no' },
    { scores: { no: -3, yes: 4 }, predicted: 'yes' },
    { scores: { no: 0.5, yes: 0.5 }, predicted: 'maybe' },
  ];
  expect(odd.map((answer) => estimateOf(labels, estimator, answer))).toEqual([null, null, null, null]);
  const unusable = overconfident(600, 4).map((row) => ({ ...row, scores: { yes: 2 } }));
  expect(fitEstimator(labels, unusable)).toBeNull();
});

test('a model that is no classification cannot be watched so, and is told what it can', () => {
  const watch = [estimated({ metric: 'accuracy', atLeast: 0.8 })];
  const input = { x: { kind: 'number' } };
  const error = caught(() =>
    parseDeclarations({ models: [{ name: 'm', task: { kind: 'regression' }, input, watch }] }),
  );
  expect(error).toMatchObject({ code: 'DL_CONFIG_INVALID' });
  expect((error as Error).message).toMatch(/models\.0\.watch\.0 estimates .* "regression"\.\n.*quality/);
});
