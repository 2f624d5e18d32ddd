/**
 * A regression on rows that it has not seen: how far its numbers are off, with intervals, and where they are furthest.
 *
 * MAE is the mean of |answer − truth|, RMSE the root of the mean of its square, R² the share of the spread of the
 * truths that is explained: 1 for perfect answers, 0 for answering their mean, below 0 for worse.
 */
import { bootstrapFigures } from '../statistics/bootstrap.ts';
import type { Estimate } from './evaluate.ts';
import { sliceRows } from './slice-rows.ts';
import type { SliceReport } from './slice-rows.ts';

export type ValueMetric = 'mae' | 'rmse' | 'r2';

export type ValueReport = Readonly<{
  kind: 'values';
  rows: number;
  metrics: Readonly<Record<ValueMetric, Estimate>>;
  /** What answering always the mean of the training rows would reach. */
  baseline: Readonly<{ value: number; mae: number; rmse: number }>;
  /** Half of the answers, and nine of ten, are off by no more than that. */
  offBy: Readonly<{ half: number; nineOfTen: number }>;
  /** [truth, answer] of some of the rows, evenly taken. */
  points: readonly (readonly [number, number])[];
  /** Mean distance in parts of the rows, the furthest first. */
  slices: readonly SliceReport[];
}>;

const RESAMPLES = 200;
/** More points than that hide each other in a picture. */
const POINTS = 400;

export type ValueTest = {
  truths: readonly number[];
  answers: readonly number[];
  /** Of the training rows. */
  trainingMean: number;
  slicesOf: (row: number) => Readonly<Record<string, string>>;
  seed: number;
};

/** @throws RangeError when truths and answers differ in length or there are none */
export function evaluateValues({ truths, answers, trainingMean, slicesOf, seed }: ValueTest): ValueReport {
  const rows = truths.length;
  if (rows === 0 || rows !== answers.length) throw new RangeError(`${rows} rows, ${answers.length} answers`);
  const distances = truths.map((truth, i) => Math.abs(answers[i]! - truth));
  const [mae, rmse, r2] = bootstrapFigures(rows, (weights) => figuresOf(truths, distances, weights), {
    seed,
    resamples: RESAMPLES,
  }).map(({ estimate, low, high }) => ({ estimate, low, high })) as [Estimate, Estimate, Estimate];
  const without = truths.map((truth) => Math.abs(trainingMean - truth));
  const sorted = distances.toSorted((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.min(rows - 1, Math.floor(share * rows))]!;
  const every = Math.max(1, Math.ceil(rows / POINTS));
  return {
    kind: 'values',
    rows,
    metrics: { mae, rmse, r2 },
    baseline: {
      value: trainingMean,
      mae: meanOf(without),
      rmse: Math.sqrt(meanOf(without.map((distance) => distance ** 2))),
    },
    offBy: { half: quantile(0.5), nineOfTen: quantile(0.9) },
    points: truths.flatMap((truth, i) => (i % every === 0 ? [[truth, answers[i]!] as const] : [])),
    slices: sliceRows(rows, slicesOf, (indices) => meanDistance(indices.map((i) => distances[i]!))).sort(
      (a, b) => b.figure.low - a.figure.low,
    ),
  };
}

function figuresOf(truths: readonly number[], distances: readonly number[], weights: Int32Array): number[] {
  let [total, sum, off, squares] = [0, 0, 0, 0];
  for (let i = 0; i < truths.length; i += 1) {
    total += weights[i]!;
    sum += weights[i]! * truths[i]!;
    off += weights[i]! * distances[i]!;
    squares += weights[i]! * distances[i]! ** 2;
  }
  const mean = sum / total;
  let spread = 0;
  for (let i = 0; i < truths.length; i += 1) spread += weights[i]! * (truths[i]! - mean) ** 2;
  return [off / total, Math.sqrt(squares / total), spread === 0 ? 0 : 1 - squares / spread];
}

/** With the interval of a mean of so many rows: two standard errors to both sides. */
function meanDistance(distances: readonly number[]): Estimate {
  const estimate = meanOf(distances);
  const variance = meanOf(distances.map((distance) => (distance - estimate) ** 2));
  const half = 1.96 * Math.sqrt(variance / distances.length);
  return { estimate, low: Math.max(0, estimate - half), high: estimate + half };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
