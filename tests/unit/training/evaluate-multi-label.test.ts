import { expect, test } from 'vitest';
import { wilson } from '../../../statistics/proportions.ts';
import { evaluateMultiLabel } from '../../../training/evaluate-multi-label.ts';
import { decisionsOf, multiLabelMetrics } from '../../../training/multi-label-metrics.ts';

const labels = ['a', 'b', 'c', 'd'];
const rows = [['a'], ['a', 'b'], [], ['b'], []].map((of) => ({ labels: of }));
const said = [['a'], ['a'], ['b'], ['b', 'c'], []];
const scores = [
  [0.9, 0.2, 0.1, 0.05],
  [0.8, 0.4, 0.1, 0.05],
  [0.3, 0.7, 0.1, 0.05],
  [0.2, 0.6, 0.55, 0.05],
  [0.1, 0.1, 0.2, 0.05],
];
const outputs = said.map((of, row) => ({
  labels: of,
  scores: Object.fromEntries(labels.map((label, i) => [label, scores[row]![i]!])),
}));

test('figures are those of scikit-learn with zero_division=0, where labels that never come count too', () => {
  const metrics = multiLabelMetrics(decisionsOf(labels, rows, outputs), Int32Array.of(1, 1, 1, 1, 1));
  // a: 2 of 2 found, none too many; b: 1 found, 1 missed, 1 too many; c: 1 too many; d: nothing.
  const wanted = {
    accuracy: 2 / 5,
    microPrecision: 3 / 5,
    microRecall: 3 / 4,
    microF1: 6 / 9,
    macroPrecision: (1 + 0.5) / 4,
    macroRecall: (1 + 0.5) / 4,
    macroF1: (1 + 0.5) / 4,
    hammingLoss: 3 / 20,
    // sklearn.metrics.log_loss of all twenty decisions.
    logLoss: 0.278_373_778_563_206_66,
    // Σ over 15 bins (lo, hi] of |Σ (is so − score)| / 20, with NumPy.
    ece: 0.17,
  };
  for (const [name, value] of Object.entries(wanted))
    expect(metrics[name as keyof typeof wanted], name).toBeCloseTo(value, 9);
});

test('a row that counts twice counts as if it stood there twice', () => {
  const twice = multiLabelMetrics(decisionsOf(labels, rows, outputs), Int32Array.of(1, 2, 0, 1, 1));
  const again = [0, 1, 1, 3, 4];
  const written = decisionsOf(
    labels,
    again.map((i) => rows[i]!),
    again.map((i) => outputs[i]!),
  );
  const once = multiLabelMetrics(written, Int32Array.of(1, 1, 1, 1, 1));
  for (const [name, value] of Object.entries(once))
    expect(twice[name as keyof typeof once], name).toBeCloseTo(value, 12);
});

const many = Array.from({ length: 60 }, (_, i) => i % 5);
const report = evaluateMultiLabel({
  task: { labels },
  rows: many.map((i) => rows[i]!),
  outputs: many.map((i) => outputs[i]!),
  training: [['a'], ['a'], ['a', 'b'], []].map((of) => ({ labels: of })),
  slicesOf: (row) => ({ kind: rows[many[row]!]!.labels.length === 0 ? 'none' : 'some' }),
  seed: 1,
});

test('every figure has its interval, and every label its own', () => {
  expect(report).toMatchObject({ kind: 'multi-label', rows: 60 });
  expect(report.metrics.accuracy).toEqual({ estimate: 0.4, ...wilson(24, 60) });
  for (const { estimate, low, high } of Object.values(report.metrics)) {
    expect(low).toBeLessThanOrEqual(estimate);
    expect(high).toBeGreaterThanOrEqual(estimate);
  }
  expect(report.labels.map(({ label, rows: n, answered, f1 }) => [label, n, answered, f1])).toEqual([
    ['a', 24, 24, 1],
    ['b', 24, 24, 0.5],
    ['c', 0, 12, 0],
    ['d', 0, 0, 0],
  ]);
  expect(report.labels[2]).toMatchObject({ precision: { estimate: 0 }, recall: null });
});

test('it is held against answering always the labels of most training rows, and its weakest part comes first', () => {
  expect(report.baseline).toMatchObject({ labels: ['a'], accuracy: 0.2, microF1: (2 * 24) / (60 + 48) });
  expect(report.slices.map(({ value, figure }) => [value, figure.estimate])).toEqual([
    ['some', 12 / 36],
    ['none', 12 / 24],
  ]);
});
