/**
 * One version on rows with any number of labels each, which it has not seen: every metric with its interval, label by
 * label, and where it is weakest. Accuracy, precision and recall of a label have Wilson's interval; the other metrics a
 * bootstrap's.
 */
import type { LabelsOutput } from '../domain/task.ts';
import type { Estimate } from './evaluate.ts';
import { labelReport, shareOf } from './label-report.ts';
import type { LabelReport } from './label-report.ts';
import { metricEstimates } from './metric-estimates.ts';
import { countsOf, decisionsOf, multiLabelMetricNames, multiLabelMetrics } from './multi-label-metrics.ts';
import type { MultiLabelMetric } from './multi-label-metrics.ts';
import { sliceRows } from './slice-rows.ts';
import type { SliceReport } from './slice-rows.ts';

export type MultiLabelReport = Readonly<{
  kind: 'multi-label';
  rows: number;
  metrics: Readonly<Record<MultiLabelMetric, Estimate>>;
  /** What answering always the most frequent labels of a training row, with the training shares as scores, would reach. */
  baseline: Readonly<{ labels: readonly string[]; accuracy: number; microF1: number; logLoss: number }>;
  labels: readonly LabelReport[];
  /** Share of rows with every label right in parts of the rows, weakest first: those whose interval ends lowest. */
  slices: readonly SliceReport[];
}>;

type Labelled = { labels: readonly string[] };

export type MultiLabelTest = {
  task: Labelled;
  /** What each row has, and what it was answered. */
  rows: readonly Labelled[];
  outputs: readonly LabelsOutput[];
  /** What the training rows have. */
  training: readonly Labelled[];
  /** What slices each row belongs to. */
  slicesOf: (row: number) => Readonly<Record<string, string>>;
  seed: number;
};

/** @throws RangeError when rows and outputs differ in length or there are none */
export function evaluateMultiLabel({ task, rows, outputs, ...test }: MultiLabelTest): MultiLabelReport {
  if (rows.length === 0 || rows.length !== outputs.length)
    throw new RangeError(`${rows.length} rows, ${outputs.length} answers`);
  const decisions = decisionsOf(task.labels, rows, outputs);
  const metrics = metricEstimates(
    multiLabelMetricNames,
    rows.length,
    (weights) => multiLabelMetrics(decisions, weights),
    test.seed,
  );
  const once = new Int32Array(rows.length).fill(1);
  const counts = countsOf(decisions, once);
  const isRight = (row: number) =>
    decisions.hit[row]!.length === decisions.has[row]!.length &&
    decisions.hit[row]!.length === decisions.said[row]!.length;
  const shareRight = (indices: readonly number[]) =>
    shareOf(indices.filter((row) => isRight(row)).length, indices.length);
  return {
    kind: 'multi-label',
    rows: rows.length,
    metrics: { ...metrics, accuracy: shareRight([...rows.keys()]) },
    baseline: baselineOf(task.labels, rows, test.training),
    labels: task.labels.map((label, i) =>
      labelReport({ label, rows: counts.has[i]!, answered: counts.said[i]!, hits: counts.hit[i]! }),
    ),
    slices: sliceRows(rows.length, test.slicesOf, shareRight).sort((a, b) => a.figure.high - b.figure.high),
  };
}

function baselineOf(
  labels: readonly string[],
  rows: readonly Labelled[],
  training: readonly Labelled[],
): MultiLabelReport['baseline'] {
  const often = mostFrequent(training);
  const shares = Object.fromEntries(
    labels.map((label) => [
      label,
      training.filter((row) => row.labels.includes(label)).length / training.length,
    ]),
  );
  const always = decisionsOf(
    labels,
    rows,
    rows.map(() => ({ labels: often, scores: shares })),
  );
  const { accuracy, microF1, logLoss } = multiLabelMetrics(always, new Int32Array(rows.length).fill(1));
  return { labels: often, accuracy, microF1, logLoss };
}

/** The labels that the most rows have together; of equally many the first. */
function mostFrequent(rows: readonly Labelled[]): readonly string[] {
  const counts = new Map<string, { labels: readonly string[]; count: number }>();
  for (const { labels } of rows) {
    const key = JSON.stringify(labels);
    const { count } = counts.get(key) ?? { count: 0 };
    counts.set(key, { labels, count: count + 1 });
  }
  const all = [...counts.values()];
  return all.reduce((most, one) => (one.count > most.count ? one : most), all[0]!).labels;
}
