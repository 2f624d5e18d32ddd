import type { Classification, Output } from '../domain/task.ts';
import { confidenceBin, rowLoss } from '../statistics/calibration.ts';

export const metricNames = [
  'accuracy',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'logLoss',
  'ece',
] as const;
export type MetricName = (typeof metricNames)[number];

/** What a version answered to labelled rows, as numbers: the index of each label, −1 for one that is not declared. */
export type Answers = {
  labels: number;
  truth: Int32Array;
  predicted: Int32Array;
  right: Uint8Array;
  /** −ln of the score of the true label. */
  loss: Float64Array;
  /** Score of the answered label. */
  confidence: Float64Array;
  /** Bin of that confidence. */
  bin: Int32Array;
};

/** Equal bins (lo, hi] of confidence for the calibration error. */
const ECE_BINS = 15;

export function prepareAnswers(
  { labels }: Pick<Classification, 'labels'>,
  rows: readonly { label: string }[],
  outputs: readonly Output[],
): Answers {
  const index = new Map(labels.map((label, i) => [label, i]));
  const indexOf = ({ label }: { label: string }) => index.get(label) ?? -1;
  const confidence = Float64Array.from(outputs, ({ label, scores }) => scores[label] ?? 0);
  return {
    labels: labels.length,
    truth: Int32Array.from(rows, indexOf),
    predicted: Int32Array.from(outputs, indexOf),
    right: Uint8Array.from(outputs, ({ label }, i) => (label === rows[i]!.label ? 1 : 0)),
    loss: Float64Array.from(outputs, ({ scores }, i) => rowLoss(scores[rows[i]!.label] ?? 0)),
    confidence,
    bin: Int32Array.from(confidence, (share) => confidenceBin(share, ECE_BINS)),
  };
}

/** All metrics of rows that count as often as `weights` says, in one pass. */
export function metricsOf(answers: Answers, weights: Int32Array): Record<MetricName, number> {
  const { labels, truth, predicted, right, loss, confidence, bin } = answers;
  const said = new Float64Array(labels);
  const are = new Float64Array(labels);
  const hit = new Float64Array(labels);
  const gaps = new Float64Array(ECE_BINS);
  let [total, rightTotal, lossTotal] = [0, 0, 0];
  for (let i = 0; i < weights.length; i += 1) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    total += weight;
    rightTotal += weight * right[i]!;
    lossTotal += weight * loss[i]!;
    gaps[bin[i]!]! += weight * (right[i]! - confidence[i]!);
    if (predicted[i]! >= 0) said[predicted[i]!]! += weight;
    if (truth[i]! < 0) continue;
    are[truth[i]!]! += weight;
    hit[truth[i]!]! += weight * right[i]!;
  }
  const macro = (of: (label: number) => number) => {
    let [sum, present] = [0, 0];
    for (let c = 0; c < labels; c += 1) {
      if ((said[c] ?? 0) + (are[c] ?? 0) === 0) continue;
      sum += of(c);
      present += 1;
    }
    return sum / present;
  };
  const ratio = (hits: number, of: number) => (of === 0 ? 0 : hits / of);
  return {
    accuracy: rightTotal / total,
    macroPrecision: macro((c) => ratio(hit[c]!, said[c]!)),
    macroRecall: macro((c) => ratio(hit[c]!, are[c]!)),
    macroF1: macro((c) => ratio(2 * hit[c]!, said[c]! + are[c]!)),
    logLoss: lossTotal / total,
    ece: gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total,
  };
}

/** The calibration error alone, as `metricsOf` has it to the digit: where nothing else is asked, a resample takes half the time. */
export function eceOf({ right, confidence, bin }: Answers, weights: Int32Array): number {
  const gaps = new Float64Array(ECE_BINS);
  let total = 0;
  for (let i = 0; i < weights.length; i += 1) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    total += weight;
    gaps[bin[i]!]! += weight * (right[i]! - confidence[i]!);
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total;
}

/** Rows by true label (down) and answer (across). A row whose label or answer is not declared is in none. */
export function confusionOf({ labels, truth, predicted }: Answers): number[][] {
  const counts = Array.from({ length: labels }, () => Array.from({ length: labels }, () => 0));
  for (let i = 0; i < truth.length; i += 1) {
    const row = counts[truth[i]!];
    if (row && predicted[i]! >= 0) row[predicted[i]!]! += 1;
  }
  return counts;
}
