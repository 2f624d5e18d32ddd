/**
 * Challenger and champion on the same labelled rows: accuracy, macro precision, recall and F1, log loss and expected
 * calibration error, each with an interval for both and for the difference. Intervals come from a paired bootstrap:
 * rows are drawn again for both versions at once, so that what both find hard cancels out. Reported beside the gate's
 * test, never instead of it.
 *
 * A label that is neither in the rows nor predicted has no part in the macro means.
 */
import type { Output, Task } from '../domain/task.ts';
import { bootstrapCounts } from '../statistics/bootstrap.ts';
import { mcnemar } from '../statistics/mcnemar.ts';

export type Estimate = Readonly<{ estimate: number; low: number; high: number }>;

export const metricNames = [
  'accuracy',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'logLoss',
  'ece',
] as const;
export type MetricName = (typeof metricNames)[number];

export type PairReport = Readonly<{
  rows: number;
  challenger: Readonly<Record<MetricName, Estimate>>;
  champion: Readonly<Record<MetricName, Estimate>>;
  /** Challenger minus champion; for log loss and ECE below zero is better. */
  difference: Readonly<Record<MetricName, Estimate>>;
  /** Rows that only one got right, and McNemar's two-sided p; valid for a single look, so no verdict hangs on it. */
  discordant: Readonly<{ wins: number; losses: number; exactP: number; midP: number }>;
}>;

export type EvaluateOptions = Readonly<{ seed?: number; resamples?: number; confidence?: number }>;

/** Equal bins of confidence for the calibration error. */
const ECE_BINS = 15;
const LEAST_SCORE = 1e-15;

/** @throws RangeError when the three lists differ in length or are empty */
export function evaluatePair(
  task: Pick<Task, 'labels'>,
  rows: readonly { label: string }[],
  challenger: readonly Output[],
  champion: readonly Output[],
  options: EvaluateOptions = {},
): PairReport {
  if (rows.length === 0 || rows.length !== challenger.length || rows.length !== champion.length) {
    throw new RangeError(`${rows.length} rows, ${challenger.length} and ${champion.length} answers`);
  }
  const ours = prepare(task, rows, challenger);
  const theirs = prepare(task, rows, champion);
  const estimate = (figure: (weights: Int32Array) => number) => bootstrapRows(rows.length, figure, options);
  const each = (figure: (metric: Metric) => (weights: Int32Array) => number) =>
    Object.fromEntries(metricNames.map((name) => [name, estimate(figure(metrics[name]))])) as Record<
      MetricName,
      Estimate
    >;
  let [wins, losses] = [0, 0];
  for (let i = 0; i < rows.length; i += 1) {
    if (ours.right[i]! > theirs.right[i]!) wins += 1;
    if (ours.right[i]! < theirs.right[i]!) losses += 1;
  }
  return {
    rows: rows.length,
    challenger: each((metric) => (weights) => metric(ours, weights)),
    champion: each((metric) => (weights) => metric(theirs, weights)),
    difference: each((metric) => (weights) => metric(ours, weights) - metric(theirs, weights)),
    discordant: { wins, losses, ...mcnemar(wins, losses) },
  };
}

/** A resample is how often each row was drawn; a metric takes that as the rows' weights. */
function bootstrapRows(
  rows: number,
  figure: (weights: Int32Array) => number,
  { seed = 1, resamples = 400, confidence = 0.95 }: EvaluateOptions,
): Estimate {
  const cells = Int32Array.from({ length: rows }, (_, i) => i);
  const { estimate, low, high } = bootstrapCounts(cells, rows, figure, { seed, resamples, confidence });
  return { estimate, low, high };
}

type Answers = {
  labels: number;
  truth: Int32Array;
  predicted: Int32Array;
  right: Uint8Array;
  /** −ln(score of what was right). */
  loss: Float64Array;
  confidence: Float64Array;
};

function prepare(
  { labels }: Pick<Task, 'labels'>,
  rows: readonly { label: string }[],
  outputs: readonly Output[],
): Answers {
  const index = (label: string) => labels.indexOf(label);
  return {
    labels: labels.length,
    truth: Int32Array.from(rows, ({ label }) => index(label)),
    predicted: Int32Array.from(outputs, ({ label }) => index(label)),
    right: Uint8Array.from(outputs, ({ label }, i) => (label === rows[i]!.label ? 1 : 0)),
    loss: Float64Array.from(
      outputs,
      ({ scores }, i) => -Math.log(Math.max(LEAST_SCORE, scores[rows[i]!.label] ?? 0)),
    ),
    confidence: Float64Array.from(outputs, ({ label, scores }) => scores[label] ?? 0),
  };
}

type Metric = (answers: Answers, weights: Int32Array) => number;

const weightedMean = (values: ArrayLike<number>, weights: Int32Array): number => {
  let [sum, total] = [0, 0];
  for (let i = 0; i < weights.length; i += 1) {
    sum += weights[i]! * values[i]!;
    total += weights[i]!;
  }
  return sum / total;
};

/** Per label: rows predicted so, rows that are so, and both. */
function perLabel({ labels, truth, predicted, right }: Answers, weights: Int32Array) {
  const counts = Array.from({ length: labels }, () => ({ said: 0, are: 0, hit: 0 }));
  for (let i = 0; i < weights.length; i += 1) {
    const weight = weights[i]!;
    if (predicted[i]! >= 0) counts[predicted[i]!]!.said += weight;
    if (truth[i]! < 0) continue;
    counts[truth[i]!]!.are += weight;
    if (right[i]) counts[truth[i]!]!.hit += weight;
  }
  return counts.filter(({ said, are }) => said + are > 0);
}

const macro =
  (of: (label: { said: number; are: number; hit: number }) => number): Metric =>
  (answers, weights) => {
    const each = perLabel(answers, weights).map(of);
    return each.reduce((sum, value) => sum + value, 0) / each.length;
  };
const ratio = (hit: number, of: number) => (of === 0 ? 0 : hit / of);

const metrics: Record<MetricName, Metric> = {
  accuracy: ({ right }, weights) => weightedMean(right, weights),
  macroPrecision: macro(({ hit, said }) => ratio(hit, said)),
  macroRecall: macro(({ hit, are }) => ratio(hit, are)),
  macroF1: macro(({ hit, said, are }) => ratio(2 * hit, said + are)),
  logLoss: ({ loss }, weights) => weightedMean(loss, weights),
  ece: ({ confidence, right }, weights) => {
    const gaps = new Float64Array(ECE_BINS);
    let total = 0;
    for (let i = 0; i < weights.length; i += 1) {
      const bin = Math.min(ECE_BINS - 1, Math.max(0, Math.ceil(confidence[i]! * ECE_BINS) - 1));
      gaps[bin]! += weights[i]! * (right[i]! - confidence[i]!);
      total += weights[i]!;
    }
    return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total;
  },
};
