import { expect, test } from 'vitest';
import { sayCoverage, scoreWords } from '../../../console/coverage-sentences.ts';

const of = (...bins: [bin: string, predictions: number, labelled: number][]) =>
  bins.map(([bin, predictions, labelled]) => ({ bin, predictions, labelled }));

test('labels that only some answers get are said to mislead; thin bins say nothing', () => {
  expect(sayCoverage(of(['0.5', 100, 10], ['0.8', 12, 0], ['0.9', 400, 320]))).toMatch(
    /^80 % of the answers with a score of \.9 or more got labels, and 10 % of those with \.5 to \.6: .*mislead/,
  );
  expect(sayCoverage(of(['0.5', 100, 44], ['0.9', 400, 200]))).toMatch(
    /about as often .*: 44 % to 50 % of them\.$/,
  );
  expect(sayCoverage(of(['0.9', 400, 320], ['0.5', 29, 0]))).toMatch(/^Too few/);
  expect(sayCoverage(of(['0.9', 400, 0], ['0.5', 90, 0]))).toBe('No labels became known.');
  // Labels of earlier predictions may come in a window of few.
  expect(sayCoverage(of(['0.9', 40, 80], ['0.5', 40, 38]))).toMatch(/95 % to 100 %/);
});

test('a bin is said in words', () => {
  expect(['0.0', '0.9', 'unknown'].map(scoreWords)).toEqual(['.0 to .1', '.9 or more', 'no score']);
});
