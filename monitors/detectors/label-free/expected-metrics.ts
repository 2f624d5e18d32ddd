/** The metrics of a classifier, once as they turned out and once as they are expected to be, and how far chance moves them. */
import {
  accuracyOf,
  confusionOf,
  f1Of,
  precisionOf,
  recallOf,
  specificityOf,
} from '../../../statistics/confusion.ts';
import type { Confusion } from '../../../statistics/confusion.ts';
import { rocAuc } from '../../../statistics/ranking.ts';
import type { Column, LabelledColumn } from './answers.ts';

export const estimatedMetrics = ['accuracy', 'precision', 'recall', 'f1', 'specificity', 'roc_auc'] as const;
export type EstimatedMetric = (typeof estimatedMetrics)[number];

const ofCounts: Readonly<
  Record<Exclude<EstimatedMetric, 'accuracy' | 'roc_auc'>, (counts: Confusion) => number>
> = {
  precision: precisionOf,
  recall: recallOf,
  f1: f1Of,
  specificity: specificityOf,
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** As it turned out; of several classes the mean over them. Null where all rows are, or were said to be, of one class. */
export function realizedMetric(metric: EstimatedMetric, columns: readonly LabelledColumn[]): number | null {
  const isOne = (bits: Uint8Array) => (columns.length > 1 ? !bits.includes(0) : new Set(bits).size < 2);
  const needsAnswers = metric !== 'roc_auc';
  if (columns.some(({ is, said }) => isOne(is) || (needsAnswers && isOne(said)))) return null;
  if (!needsAnswers) {
    const hasAll = columns.every(({ is }) => is.includes(1));
    return hasAll ? mean(columns.map(({ scores, is }) => rocAuc(scores, is))) : null;
  }
  const counts = columns.map(({ said, is }) => confusionOf(said, is));
  return metric === 'accuracy' ? accuracyOver(counts) : mean(counts.map(ofCounts[metric]));
}

/** As it is expected to be, if each row is of the class with the probability given. */
export function expectedMetric(
  metric: EstimatedMetric,
  columns: readonly Column[],
  probabilities: readonly Float64Array[],
): number {
  if (metric === 'roc_auc')
    return mean(columns.map(({ scores }, k) => expectedAuc(scores, probabilities[k]!)));
  const counts = columns.map(({ said }, k) => expectedCounts(said, probabilities[k]!));
  return metric === 'accuracy' ? accuracyOver(counts) : mean(counts.map(ofCounts[metric]));
}

/** Of one class against the rest the right ones of both kinds; of several, the right answer of each row. */
const accuracyOver = (counts: readonly Confusion[]): number =>
  counts.length === 1
    ? accuracyOf(counts[0]!)
    : counts.reduce((sum, { tp }) => sum + tp, 0) / rowsOf(counts[0]!);

const rowsOf = ({ tp, fp, fn, tn }: Confusion): number => tp + fp + fn + tn;

function expectedCounts(said: Uint8Array, probabilities: Float64Array): Confusion {
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let i = 0; i < said.length; i += 1) {
    const p = probabilities[i]!;
    counts[said[i] ? 'tp' : 'fn'] += p;
    counts[said[i] ? 'fp' : 'tn'] += 1 - p;
  }
  return counts;
}

/** The area under the curve of expected rates, rows from the highest score down. */
function expectedAuc(scores: Float64Array, probabilities: Float64Array): number {
  const order = Int32Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => scores[b]! - scores[a]!,
  );
  let [hits, misses, area] = [0, 0, 0];
  for (const i of order) {
    const p = probabilities[i]!;
    area += (1 - p) * (hits + p / 2);
    hits += p;
    misses += 1 - p;
  }
  return hits * misses === 0 ? NaN : area / (hits * misses);
}

/**
 * What a metric is the mean of, row by row, as its variance and the share of rows that are in it: the error of n rows
 * is √(variance / (n · share)).
 */
export type Spread = Readonly<{ variance: number; share: number }>;

/** NannyML found that the errors of several AUCs come out a fifth too small. */
const AUC_OF_MANY = 1.2;

export function spreadsOf(metric: EstimatedMetric, columns: readonly LabelledColumn[]): Spread[] {
  const rows = columns[0]?.is.length ?? 0;
  if (metric === 'accuracy') {
    const right = accuracyOver(columns.map(({ said, is }) => confusionOf(said, is)));
    return [{ variance: bernoulli(right), share: 1 }];
  }
  return columns.map(({ scores, said, is }) => {
    if (metric === 'roc_auc') return aucSpread(scores, is);
    const { tp, fp, fn, tn } = confusionOf(said, is);
    if (metric === 'precision') return { variance: bernoulli(tp / (tp + fp)), share: (tp + fp) / rows };
    if (metric === 'recall') return { variance: bernoulli(tp / (tp + fn)), share: (tp + fn) / rows };
    if (metric === 'specificity') return { variance: bernoulli(tn / (tn + fp)), share: (tn + fp) / rows };
    const relevant = tp + fp + fn;
    const stretch = columns.length === 1 ? relevant / (tp + (fp + fn) / 2) : 1;
    return { variance: bernoulli(tp / relevant) * stretch ** 2, share: relevant / rows };
  });
}

/** How far chance moves the metric of so many rows, as a standard deviation. */
export function samplingError(metric: EstimatedMetric, spreads: readonly Spread[], rows: number): number {
  const variance = spreads.reduce((sum, { variance, share }) => sum + variance / (rows * share), 0);
  const factor = metric === 'roc_auc' && spreads.length > 1 ? AUC_OF_MANY : 1;
  return (factor * Math.sqrt(variance)) / spreads.length;
}

const bernoulli = (share: number): number => share * (1 - share);

/** Of each row of the rarer kind, the share of the other kind that it outranks. */
function aucSpread(scores: Float64Array, is: Uint8Array): Spread {
  const rows = is.length;
  const positives = is.reduce((sum, bit) => sum + bit, 0);
  const isFlipped = positives > rows / 2;
  const [rarer, others] = isFlipped ? [rows - positives, positives] : [positives, rows - positives];
  const order = Int32Array.from({ length: rows }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  if (isFlipped) order.reverse();
  const outranked: number[] = [];
  for (const [rank, i] of order.entries())
    if (rank > 0 && (is[i] === 1) !== isFlipped) outranked.push((rank - outranked.length) / others);
  const average = mean(outranked);
  return { variance: mean(outranked.map((share) => (share - average) ** 2)), share: rarer / rows };
}
