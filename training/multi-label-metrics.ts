import type { LabelsOutput } from '../domain/task.ts';
import { confidenceBin, rowLoss } from '../statistics/calibration.ts';

export const multiLabelMetricNames = [
  'accuracy',
  'microPrecision',
  'microRecall',
  'microF1',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'hammingLoss',
  'logLoss',
  'ece',
] as const;
export type MultiLabelMetric = (typeof multiLabelMetricNames)[number];

/** What a version answered to rows with any number of labels each, as numbers; each label of each row is a decision. */
export type Decisions = Readonly<{
  labels: number;
  /** Of each row the indices of its labels, of those that were answered, and of those in both. */
  has: readonly number[][];
  said: readonly number[][];
  hit: readonly number[][];
  /** Of each row the mean over labels of −ln(score of what is so). */
  loss: Float64Array;
  /** [rows, bins]: Σ (is so − score) of the decisions with a score in that bin. */
  gaps: Float64Array;
}>;

/** Equal bins (lo, hi] of scores for the calibration error. */
const ECE_BINS = 15;

export function decisionsOf(
  labels: readonly string[],
  rows: readonly { labels: readonly string[] }[],
  outputs: readonly LabelsOutput[],
): Decisions {
  const index = new Map(labels.map((label, i) => [label, i]));
  const indices = (of: readonly string[]) => of.map((label) => index.get(label)!);
  const has = rows.map((row) => indices(row.labels));
  const said = outputs.map((output) => indices(output.labels));
  const loss = new Float64Array(rows.length);
  const gaps = new Float64Array(rows.length * ECE_BINS);
  for (const [row, { scores }] of outputs.entries()) {
    const so = new Set(rows[row]!.labels);
    for (const label of labels) {
      const score = scores[label] ?? 0;
      const isSo = so.has(label);
      loss[row]! += rowLoss(isSo ? score : 1 - score) / labels.length;
      gaps[row * ECE_BINS + confidenceBin(score, ECE_BINS)]! += (isSo ? 1 : 0) - score;
    }
  }
  const hit = has.map((own, row) => own.filter((label) => said[row]!.includes(label)));
  return { labels: labels.length, has, said, hit, loss, gaps };
}

/** Of each label, how many rows have it, are answered with it, and both; rows count as often as `weights` says. */
export function countsOf({ labels, has, said, hit }: Decisions, weights: Int32Array) {
  const count = (of: readonly number[][]) => {
    const counts = new Float64Array(labels);
    for (const [row, own] of of.entries()) for (const label of own) counts[label]! += weights[row]!;
    return counts;
  };
  return { has: count(has), said: count(said), hit: count(hit) };
}

/**
 * All metrics of rows that count as often as `weights` says, as scikit-learn has them with `zero_division=0`: macro
 * figures are means over all labels, micro ones over all decisions. Accuracy is the share of rows of which every label is
 * right (subset accuracy), the Hamming loss the share of decisions that are wrong. The log loss is the mean over all
 * decisions, and the calibration error is over them too: how far, in equal bins of the score, the share that is so is from
 * the mean score.
 */
export function multiLabelMetrics(
  decisions: Decisions,
  weights: Int32Array,
): Record<MultiLabelMetric, number> {
  const { labels, has, said, hit, loss, gaps } = decisions;
  const counts = countsOf(decisions, weights);
  const [yes, answered, hits] = [sum(counts.has), sum(counts.said), sum(counts.hit)];
  const bins = new Float64Array(ECE_BINS);
  let [total, right, lost] = [0, 0, 0];
  for (const [row, weight] of weights.entries()) {
    if (weight === 0) continue;
    total += weight;
    lost += weight * loss[row]!;
    if (hit[row]!.length === has[row]!.length && hit[row]!.length === said[row]!.length) right += weight;
    for (let bin = 0; bin < ECE_BINS; bin += 1) bins[bin]! += weight * gaps[row * ECE_BINS + bin]!;
  }
  const macro = (of: (label: number) => number) => {
    let all = 0;
    for (let label = 0; label < labels; label += 1) all += of(label);
    return all / labels;
  };
  return {
    accuracy: right / total,
    microPrecision: ratio(hits, answered),
    microRecall: ratio(hits, yes),
    microF1: ratio(2 * hits, answered + yes),
    macroPrecision: macro((c) => ratio(counts.hit[c]!, counts.said[c]!)),
    macroRecall: macro((c) => ratio(counts.hit[c]!, counts.has[c]!)),
    macroF1: macro((c) => ratio(2 * counts.hit[c]!, counts.said[c]! + counts.has[c]!)),
    hammingLoss: (yes + answered - 2 * hits) / (total * labels),
    logLoss: lost / total,
    ece: bins.reduce((all, gap) => all + Math.abs(gap), 0) / (total * labels),
  };
}

const sum = (of: Float64Array): number => of.reduce((all, one) => all + one, 0);

const ratio = (hits: number, of: number): number => (of === 0 ? 0 : hits / of);
