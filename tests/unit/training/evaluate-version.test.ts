import { expect, test } from 'vitest';
import type { Output } from '../../../domain/task.ts';
import { evaluateVersion } from '../../../training/evaluate-version.ts';
import { wilson } from '../../../statistics/proportions.ts';

const task = { labels: ['a', 'b', 'c'] };
const sure = (label: string): Output => ({
  label,
  scores: { a: 0.1, b: 0.1, c: 0.1, [label]: 0.8 },
});
/** 60 rows: every `a` is right, a third of the `b` is answered with `a`, `c` never comes. */
const rows = Array.from({ length: 60 }, (_, i) => ({ label: i < 30 ? 'a' : 'b' }));
const outputs = rows.map(({ label }, i) => sure(label === 'b' && i % 3 === 0 ? 'a' : label));
const report = evaluateVersion({
  task,
  rows,
  outputs,
  trainingShares: { b: 0.6, a: 0.4 },
  slicesOf: (i) => ({ all: 'one', half: i < 30 ? 'first' : 'second', tiny: String(i) }),
  seed: 1,
});

test('figures are those of the rows, with intervals around them', () => {
  expect(report.metrics.accuracy).toEqual({ estimate: 50 / 60, ...wilson(50, 60) });
  for (const { estimate, low, high } of Object.values(report.metrics)) {
    expect(low).toBeLessThanOrEqual(estimate);
    expect(high).toBeGreaterThanOrEqual(estimate);
  }
  expect(report.confusion).toEqual([
    [30, 0, 0],
    [10, 20, 0],
    [0, 0, 0],
  ]);
});

test('label by label: precision of what was answered, recall of what is, and nothing where there is nothing', () => {
  expect(report.labels.map(({ label, rows: n, answered, f1 }) => [label, n, answered, f1])).toEqual([
    ['a', 30, 40, 60 / 70],
    ['b', 30, 20, 40 / 50],
    ['c', 0, 0, 0],
  ]);
  expect(report.labels[0]).toMatchObject({ precision: { estimate: 0.75 }, recall: { estimate: 1 } });
  expect(report.labels[2]).toMatchObject({ precision: null, recall: null });
});

test('it is held against answering the most frequent training label, with the training shares as scores', () => {
  expect(report.baseline).toMatchObject({ label: 'b', accuracy: 0.5 });
  expect(report.baseline.logLoss).toBeCloseTo(-(Math.log(0.4) + Math.log(0.6)) / 2, 12);
});

test('the weakest part comes first; parts that are everything, or a few rows, are none', () => {
  expect(report.slices.map(({ of, value, rows: n }) => [of, value, n])).toEqual([
    ['half', 'second', 30],
    ['half', 'first', 30],
  ]);
});
