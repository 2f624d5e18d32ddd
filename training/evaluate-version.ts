/**
 * One version on labelled rows that it has not seen: every metric with its interval, label by label, what is taken for
 * what, and where it is weakest. Accuracy, precision and recall have Wilson's interval; the other metrics a bootstrap's.
 */
import type { Classification, Output } from '../domain/task.ts';
import { rowLoss } from '../statistics/calibration.ts';
import { bootstrapFigures } from '../statistics/bootstrap.ts';
import { wilson } from '../statistics/proportions.ts';
import type { Estimate } from './evaluate.ts';
import { confusionOf, metricNames, metricsOf, prepareAnswers } from './metrics.ts';
import type { MetricName } from './metrics.ts';
import { sliceRows } from './slice-rows.ts';
import type { SliceReport } from './slice-rows.ts';

export type LabelReport = Readonly<{
  label: string;
  /** Rows that carry it, and rows that were answered with it. */
  rows: number;
  answered: number;
  /** Of the rows answered so, how many are; null where none was. */
  precision: Estimate | null;
  /** Of the rows that are, how many were found; null where there is none. */
  recall: Estimate | null;
  f1: number;
}>;

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

const RESAMPLES = 200;

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
  const figures = bootstrapFigures(
    rows.length,
    (weights) => {
      const metrics = metricsOf(answers, weights);
      return metricNames.map((name) => metrics[name]);
    },
    { seed: test.seed, resamples: RESAMPLES },
  );
  const metrics = Object.fromEntries(
    metricNames.map((name, i) => {
      const { estimate, low, high } = figures[i]!;
      return [name, { estimate, low, high }];
    }),
  ) as Record<MetricName, Estimate>;
  const right = answers.right.reduce((sum, x) => sum + x, 0);
  const confusion = confusionOf(answers);
  return {
    kind: 'labels',
    rows: rows.length,
    metrics: { ...metrics, accuracy: share(right, rows.length) },
    baseline: baselineOf(rows, test.trainingShares),
    labels: task.labels.map((label, i) => labelReport(label, i, confusion)),
    confusion,
    slices: sliceRows(rows.length, test.slicesOf, (indices) =>
      share(
        indices.reduce((sum, i) => sum + answers.right[i]!, 0),
        indices.length,
      ),
    ).sort((a, b) => a.figure.high - b.figure.high),
  };
}

const share = (right: number, of: number): Estimate => ({ estimate: right / of, ...wilson(right, of) });

function baselineOf(rows: readonly { label: string }[], shares: Readonly<Record<string, number>>) {
  const [label = ''] = Object.keys(shares).sort((a, b) => shares[b]! - shares[a]!);
  let [right, loss] = [0, 0];
  for (const row of rows) {
    if (row.label === label) right += 1;
    loss += rowLoss(shares[row.label] ?? 0);
  }
  return { label, accuracy: right / rows.length, logLoss: loss / rows.length };
}

function labelReport(label: string, i: number, confusion: readonly number[][]): LabelReport {
  const hit = confusion[i]![i]!;
  const rows = confusion[i]!.reduce((sum, n) => sum + n, 0);
  const answered = confusion.reduce((sum, row) => sum + row[i]!, 0);
  return {
    label,
    rows,
    answered,
    precision: answered === 0 ? null : share(hit, answered),
    recall: rows === 0 ? null : share(hit, rows),
    f1: rows + answered === 0 ? 0 : (2 * hit) / (rows + answered),
  };
}
