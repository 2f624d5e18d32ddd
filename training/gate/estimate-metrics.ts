/**
 * Any metric of the challenger, and its change from the champion, with paired bootstrap intervals. What is counted
 * (accuracy, precision, recall, F1) is drawn by cells (truth, champion's answer, challenger's answer); means over rows
 * (log loss, Brier) and the calibration error by rows; and by entities all of them, where there are some, since rows of
 * one entity are alike. Intervals are BCa, but for the calibration error: rows that are drawn again nearly always raise it,
 * and what corrects for so much bias would leave an interval that is too short; the percentiles' is too high, to the safe
 * side.
 */
import { isGateMeasure } from '../../domain/gate-config.ts';
import type { GateMetric } from '../../domain/gate-config.ts';
import {
  bootstrapCounts,
  bootstrapFigures,
  bootstrapMean,
  type Bootstrapped,
} from '../../statistics/bootstrap.ts';
import type { BootstrapOptions } from '../../statistics/bootstrap.ts';
import { eceOf, metricsOf } from '../metrics.ts';
import type { AnsweredRows, Side } from './answered-rows.ts';
import { figureOf } from './measures.ts';

export type MetricEstimate = Readonly<{
  challenger: Bootstrapped;
  difference: Bootstrapped;
  /** The difference as a share of what the champion has; infinite where that is nothing. */
  relative: Bootstrapped;
}>;

const COUNTED = ['accuracy', 'macroPrecision', 'macroRecall', 'macroF1'] as const;
type Counted = (typeof COUNTED)[number];
const isCounted = (metric: GateMetric): metric is Counted => (COUNTED as readonly string[]).includes(metric);

export function estimateMetrics(
  answered: AnsweredRows,
  metrics: readonly GateMetric[],
  options: BootstrapOptions,
): Map<GateMetric, MetricEstimate> {
  const wanted = [...new Set(metrics)];
  if (answered.entities !== null) return byEntities(answered, wanted, options);
  const estimates = new Map<GateMetric, MetricEstimate>();
  const counted = wanted.filter(isCounted);
  if (counted.length > 0)
    for (const [metric, of] of byCells(answered, counted, options)) estimates.set(metric, of);
  for (const metric of wanted) {
    if (metric === 'logLoss' || metric === 'brier') estimates.set(metric, ofMean(answered, metric, options));
    if (metric === 'ece' || isGateMeasure(metric))
      estimates.set(metric, byRows(answered, [metric], answered.rows.length, null, options)[0]!);
  }
  return estimates;
}

/** Three figures a metric: of the challenger, the difference, and that as a share of the champion's. */
const triple = (ours: number, theirs: number): readonly number[] => [
  ours,
  ours - theirs,
  (ours - theirs) / Math.abs(theirs),
];

const estimateAt = (drawn: readonly Bootstrapped[], m: number): MetricEstimate => ({
  challenger: drawn[3 * m]!,
  difference: drawn[3 * m + 1]!,
  relative: drawn[3 * m + 2]!,
});

function byCells(
  { ours, theirs }: AnsweredRows,
  metrics: readonly Counted[],
  options: BootstrapOptions,
): (readonly [Counted, MetricEstimate])[] {
  const index = new Map<number, number>();
  const cells: { truth: number; ours: number; theirs: number; rows: number }[] = [];
  const width = ours.labels + 1;
  for (let i = 0; i < ours.truth.length; i += 1) {
    const cell = { truth: ours.truth[i]!, ours: ours.predicted[i]!, theirs: theirs.predicted[i]!, rows: 0 };
    const key = ((cell.truth + 1) * width + cell.ours + 1) * width + cell.theirs + 1;
    const at = index.get(key) ?? cells.push(cell) - 1;
    index.set(key, at);
    cells[at]!.rows += 1;
  }
  const figures = (counts: Int32Array) => {
    const a = countedMetrics(ours.labels, counts, (c) => [cells[c]!.truth, cells[c]!.ours]);
    const b = countedMetrics(ours.labels, counts, (c) => [cells[c]!.truth, cells[c]!.theirs]);
    return metrics.flatMap((metric) => triple(a[metric], b[metric]));
  };
  const drawn = bootstrapCounts(
    cells.map(({ rows }) => rows),
    figures,
    options,
  );
  return metrics.map((metric, m) => [metric, estimateAt(drawn, m)] as const);
}

/** As `metricsOf`, from how many rows lie in each cell. A label that is neither there nor answered has no part. */
function countedMetrics(
  labels: number,
  counts: Int32Array,
  of: (cell: number) => readonly [truth: number, answer: number],
): Record<Counted, number> {
  const [said, are, hit] = [new Float64Array(labels), new Float64Array(labels), new Float64Array(labels)];
  let [all, right] = [0, 0];
  for (let c = 0; c < counts.length; c += 1) {
    const rows = counts[c]!;
    const [truth, answer] = of(c);
    all += rows;
    if (answer >= 0) said[answer]! += rows;
    if (truth < 0) continue;
    are[truth]! += rows;
    if (truth !== answer) continue;
    hit[truth]! += rows;
    right += rows;
  }
  let [precision, recall, f1, present] = [0, 0, 0, 0];
  for (let label = 0; label < labels; label += 1) {
    const [s, a, h] = [said[label]!, are[label]!, hit[label]!];
    if (s + a === 0) continue;
    present += 1;
    precision += s === 0 ? 0 : h / s;
    recall += a === 0 ? 0 : h / a;
    f1 += (2 * h) / (s + a);
  }
  return {
    accuracy: right / all,
    macroPrecision: precision / present,
    macroRecall: recall / present,
    macroF1: f1 / present,
  };
}

const rowsOf = (side: Side, metric: 'logLoss' | 'brier'): Float64Array =>
  metric === 'logLoss' ? side.loss : side.brier;

function ofMean(
  { ours, theirs }: AnsweredRows,
  metric: 'logLoss' | 'brier',
  options: BootstrapOptions,
): MetricEstimate {
  const [a, b] = [rowsOf(ours, metric), rowsOf(theirs, metric)];
  const difference = bootstrapMean(
    a.map((value, i) => value - b[i]!),
    options,
  );
  // The champion's mean hardly swings beside the difference: it is taken as known.
  const champion = b.reduce((sum, value) => sum + value, 0) / b.length;
  const share = (value: number) => value / champion;
  return {
    challenger: bootstrapMean(a, options),
    difference,
    relative: {
      ...difference,
      estimate: share(difference.estimate),
      low: share(difference.low),
      high: share(difference.high),
    },
  };
}

function byEntities(
  answered: AnsweredRows,
  metrics: readonly GateMetric[],
  options: BootstrapOptions,
): Map<GateMetric, MetricEstimate> {
  const { ofRow, count } = answered.entities!;
  const drawn = byRows(answered, metrics, count, ofRow, options);
  return new Map(metrics.map((metric, m) => [metric, drawn[m]!]));
}

/** Units are drawn, and with each all of its rows; each row is its own unit where `unitOfRow` is null. */
function byRows(
  { ours, theirs }: AnsweredRows,
  metrics: readonly GateMetric[],
  units: number,
  unitOfRow: Int32Array | null,
  options: BootstrapOptions,
): MetricEstimate[] {
  const rows = ours.truth.length;
  const spread = new Int32Array(rows);
  const weightsOf = (drawn: Int32Array): Int32Array => {
    if (unitOfRow === null) return drawn;
    for (let i = 0; i < rows; i += 1) spread[i] = drawn[unitOfRow[i]!]!;
    return spread;
  };
  const isWhole = metrics.some((metric) => isCounted(metric) || metric === 'logLoss');
  const figures = (drawn: Int32Array) => {
    const weights = weightsOf(drawn);
    const [a, b] = [figuresOf(ours, weights, isWhole), figuresOf(theirs, weights, isWhole)];
    return metrics.flatMap((metric) => triple(a(metric), b(metric)));
  };
  const isBca = (figure: number) => metrics[Math.floor(figure / 3)] !== 'ece';
  const drawn = bootstrapFigures(units, figures, { ...options, isBca });
  return metrics.map((_, m) => estimateAt(drawn, m));
}

/** @param isWhole whether anything is asked that takes all of `metricsOf`, most of the time of a resample */
function figuresOf(side: Side, weights: Int32Array, isWhole: boolean): (metric: GateMetric) => number {
  const of = isWhole ? metricsOf(side, weights) : null;
  return (metric) => {
    if (isGateMeasure(metric)) {
      const measure = side.measures[metric];
      return measure === undefined ? NaN : figureOf(measure, weights);
    }
    if (metric === 'ece') return of === null ? eceOf(side, weights) : of.ece;
    if (metric !== 'brier') return of![metric];
    let [sum, all] = [0, 0];
    for (let i = 0; i < weights.length; i += 1) {
      sum += weights[i]! * side.brier[i]!;
      all += weights[i]!;
    }
    return sum / all;
  };
}
