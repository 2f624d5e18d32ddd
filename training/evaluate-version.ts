/**
 * One version on labelled rows that it has not seen: every metric with its interval, label by label, what is taken for
 * what, and where it is weakest. Accuracy, precision and recall have Wilson's interval; the other metrics a bootstrap's.
 */
import type { Classification, Output } from '../domain/task.ts';
import { rowLoss } from '../statistics/calibration.ts';
import type { Estimate } from './evaluate.ts';
import { labelReport, shareOf } from './label-report.ts';
import type { LabelReport } from './label-report.ts';
import { metricEstimates } from './metric-estimates.ts';
import { confusionOf, metricNames, metricsOf, prepareAnswers } from './metrics.ts';
import type { MetricName } from './metrics.ts';
import { sliceRows } from './slice-rows.ts';
import type { SliceReport } from './slice-rows.ts';

export type VersionReport = Readonly<{
  kind: 'labels';
  rows: number;
  metrics: Readonly<Record<MetricName, Estimate>>;
  /** What answering always the most frequent training label, with the training shares as scores, would reach. */
  baseline: Readonly<{ label: string; accuracy: number; logLoss: number }>;
  labels: readonly LabelReport[];
  /** Rows by true label (down) and answer (across), in the order of `labels`. */
  confusion: readonly number[][];
  /** Accuracy in parts of the rows, weakest first: those whose interval ends lowest. */
  slices: readonly SliceReport[];
}>;

export type VersionTest = {
  task: Pick<Classification, 'labels'>;
  rows: readonly { label: string }[];
  outputs: readonly Output[];
  /** Share of each label in the training rows. */
  trainingShares: Readonly<Record<string, number>>;
  /** What slices each row belongs to: { day: "Monday", price: "up to 3" }. */
  slicesOf: (row: number) => Readonly<Record<string, string>>;
  seed: number;
};

/** @throws RangeError when rows and outputs differ in length or there are none */
export function evaluateVersion({ task, rows, outputs, ...test }: VersionTest): VersionReport {
  if (rows.length === 0 || rows.length !== outputs.length)
    throw new RangeError(`${rows.length} rows, ${outputs.length} answers`);
  const answers = prepareAnswers(task, rows, outputs);
  const metrics = metricEstimates(
    metricNames,
    rows.length,
    (weights) => metricsOf(answers, weights),
    test.seed,
  );
  const right = answers.right.reduce((sum, x) => sum + x, 0);
  const confusion = confusionOf(answers);
  return {
    kind: 'labels',
    rows: rows.length,
    metrics: { ...metrics, accuracy: shareOf(right, rows.length) },
    baseline: baselineOf(rows, test.trainingShares),
    labels: task.labels.map((label, i) => reportOf(label, i, confusion)),
    confusion,
    slices: sliceRows(rows.length, test.slicesOf, (indices) =>
      shareOf(
        indices.reduce((sum, i) => sum + answers.right[i]!, 0),
        indices.length,
      ),
    ).sort((a, b) => a.figure.high - b.figure.high),
  };
}

function baselineOf(rows: readonly { label: string }[], shares: Readonly<Record<string, number>>) {
  const [label = ''] = Object.keys(shares).sort((a, b) => shares[b]! - shares[a]!);
  let [right, loss] = [0, 0];
  for (const row of rows) {
    if (row.label === label) right += 1;
    loss += rowLoss(shares[row.label] ?? 0);
  }
  return { label, accuracy: right / rows.length, logLoss: loss / rows.length };
}

function reportOf(label: string, i: number, confusion: readonly number[][]): LabelReport {
  const rows = confusion[i]!.reduce((sum, n) => sum + n, 0);
  const answered = confusion.reduce((sum, row) => sum + row[i]!, 0);
  return labelReport({ label, rows, answered, hits: confusion[i]![i]! });
}
