import { expect, test } from 'vitest';
import { coverageByAge, sayCoverage, sayDelay, scoreWords } from '../../../console/coverage-sentences.ts';

const of = (...bins: [bin: string, predictions: number, labelled: number][]) =>
  bins.map(([bin, predictions, labelled]) => ({ bin, predictions, labelled }));

test('labels that only some answers get are said to mislead; thin bins say nothing', () => {
  expect(sayCoverage(of(['0.5', 100, 10], ['0.8', 12, 0], ['0.9', 400, 320]))).toMatch(
    /^80 % of the answers with a score of \.9 or more got labels, and 10 % of those with \.5 to \.6: .*mislead/,
  );
  expect(sayCoverage(of(['0.5', 100, 44], ['0.9', 400, 200]))).toMatch(
    /about as often .*: 44 % to 50 % of them\.$/,
  );
  expect(sayCoverage(of(['0.5', 100, 100], ['0.9', 400, 400]))).toMatch(
    /whatever their score: 100 % of them\.$/,
  );
  expect(sayCoverage(of(['0.9', 400, 320], ['0.5', 29, 0]))).toMatch(/^Too few/);
  expect(sayCoverage(of(['0.9', 400, 0], ['0.5', 90, 0]))).toBe('No labels became known.');
  // Labels of earlier predictions may come in a window of few.
  expect(sayCoverage(of(['0.9', 40, 80], ['0.5', 40, 38]))).toMatch(/95 % to 100 %/);
});

test('a bin is said in words', () => {
  expect(['0.0', '0.9', 'unknown'].map(scoreWords)).toEqual(['.0 to .1', '.9 or more', 'no score']);
});

const hour = 3_600_000;
/** Steps of an hour that end so many hours ago, newest first. */
const steps = (...of: [hoursAgo: number, predictions: number, labelled: number][]) => ({
  from: 0,
  to: 1_000 * hour,
  stepMs: hour,
  steps: of.map(([ago, predictions, labelled]) => ({
    at: (1_000 - ago - 1) * hour,
    version: 'v1',
    predictions,
    labelled,
    correct: 0,
  })),
});

test('coverage is by the age of the predictions; a step is in one age, and an age without predictions in none', () => {
  const happened = steps([0, 100, 10], [1, 100, 40], [4, 100, 60], [30, 200, 190]);
  expect(coverageByAge(happened)).toEqual([
    { words: 'less than 1 h', predictions: 100, labelled: 10 },
    { words: '1 h to 6 h', predictions: 200, labelled: 100 },
    { words: '1 d to 3 d', predictions: 200, labelled: 190 },
  ]);
  // No age is shorter than a step.
  expect(coverageByAge({ ...happened, stepMs: 4 * hour })[0]!.words).toBe('less than 6 h');
});

test('how long labels take is a median, a tenth that is later, and what never gets one', () => {
  const delay = { labels: 2_000, medianMs: 6 * hour, p90Ms: 28 * hour };
  const ages = coverageByAge(steps([0, 100, 10], [30, 200, 190]));
  expect(sayDelay(delay, ages)).toBe(
    'Of the newest 2,000 labels, half came within 6 h of their prediction, nine in ten within 1 d 4 h. 5 % of the oldest predictions shown still have none.',
  );
  expect(sayDelay(delay, coverageByAge(steps([0, 100, 10], [30, 200, 200])))).toMatch(
    /In the end all predictions get one\.$/,
  );
  expect(sayDelay({ labels: 9, medianMs: 300, p90Ms: 2_000 }, [])).toBe(
    'Of the newest 9 labels, half came within a second of their prediction, nine in ten within 2 s.',
  );
  expect(sayDelay({ labels: 1, medianMs: 900, p90Ms: 900 }, [])).toBe(
    'Of the newest 1 label, nine in ten came within a second of their prediction.',
  );
});
