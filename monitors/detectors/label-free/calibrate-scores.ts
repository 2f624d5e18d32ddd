/**
 * Scores made into probabilities, where that helps: isotonic regression of each class against the rest, taken only where
 * it makes the expected calibration error of rows that it has not seen smaller, over ten splits. Scores of several
 * classes are made to sum to 1 again.
 *
 * Source: NannyML's CBPE, whose splits and decision these are. There, rows of equal scores stand in the bins in the order
 * in which the processor's sort happens to leave them, so that a near decision falls differently on another machine; here
 * equal scores share their outcomes evenly, and the order of the rows does not matter. `isNear` tells such decisions.
 */
import { fitIsotonic, isotonicAt } from '../../../statistics/isotonic.ts';
import type { Isotonic } from '../../../statistics/isotonic.ts';
import { rocAuc } from '../../../statistics/ranking.ts';
import { stratifiedSplits } from '../../../statistics/stratified-splits.ts';
import type { Column, LabelledColumn } from './answers.ts';

export type CalibrationMode = 'auto' | 'never';

/** How far scores are from shares that come true, on rows that the curve has not seen. */
export type CalibrationCheck = Readonly<{
  /** Expected calibration error of the scores as they are, and of the calibrated ones; null where it was not asked. */
  before: number | null;
  after: number | null;
  isCalibrated: boolean;
  /** Whether the two errors are within a tenth of each other: either decision would do. */
  isNear: boolean;
}>;

export type Calibration = Readonly<{
  /** Of each class: its curve, or null where the score stays as it is. */
  curves: readonly (Isotonic | null)[];
  checks: readonly CalibrationCheck[];
}>;

/** Rows that a model tells apart so well need no curve, and would give it nothing to learn from. */
const TOLD_APART = 0.999;
const SPLITS = { splits: 10, testShare: 0.1, seed: 42 };
const BINS = 10;
const NEAR = 0.1;

export function fitCalibration(columns: readonly LabelledColumn[], mode: CalibrationMode): Calibration {
  const checks = columns.map((column) => (mode === 'never' ? unasked : checkColumn(column)));
  return {
    checks,
    curves: columns.map(({ scores, is }, k) => (checks[k]!.isCalibrated ? fitIsotonic(scores, is) : null)),
  };
}

/** Probabilities of each class, of rows in the order given. */
export function calibrate(
  columns: readonly Column[],
  { curves }: Pick<Calibration, 'curves'>,
): Float64Array[] {
  const calibrated = columns.map(({ scores }, k) => {
    const curve = curves[k] ?? null;
    return curve === null ? scores.slice() : scores.map((score) => isotonicAt(curve, score));
  });
  if (calibrated.length === 1) return calibrated;
  for (let i = 0; i < (calibrated[0]?.length ?? 0); i += 1) {
    const total = calibrated.reduce((sum, column) => sum + column[i]!, 0);
    for (const column of calibrated) column[i] = total === 0 ? 1 / calibrated.length : column[i]! / total;
  }
  return calibrated;
}

const unasked: CalibrationCheck = { before: null, after: null, isCalibrated: false, isNear: false };

function checkColumn({ scores, is }: LabelledColumn): CalibrationCheck {
  const positives = is.reduce((sum, bit) => sum + bit, 0);
  if (positives === 0 || positives === is.length || rocAuc(scores, is) > TOLD_APART) return unasked;
  const [raw, calibrated, truth]: [number[], number[], number[]] = [[], [], []];
  for (const { train, test } of stratifiedSplits(is, SPLITS)) {
    const curve = fitIsotonic(
      train.map((i) => scores[i]!),
      train.map((i) => is[i]!),
    );
    for (const i of test) {
      raw.push(scores[i]!);
      calibrated.push(isotonicAt(curve, scores[i]!));
      truth.push(is[i]!);
    }
  }
  const [before, after] = [countedError(raw, truth), countedError(calibrated, truth)];
  return {
    before,
    after,
    isCalibrated: before > after,
    isNear: Math.abs(before - after) <= NEAR * before,
  };
}

/** Expected calibration error in bins of as many rows each, the last one with what is left. */
function countedError(scores: readonly number[], truth: readonly number[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const bins = order.length <= 2 * BINS ? Math.max(1, Math.floor(order.length / 2)) : BINS;
  const width = Math.floor(order.length / bins);
  const edges = Array.from({ length: Math.floor(order.length / width) + 1 }, (_, k) => k * width);
  edges[edges.length - 1] = order.length;
  const shared = new Float64Array(order.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    let sum = 0;
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to += 1)
      sum += truth[order[to]!]!;
    shared.fill(sum / (to - from), from, to);
  }
  let error = 0;
  for (let k = 1; k < edges.length; k += 1) {
    let gap = 0;
    for (let at = edges[k - 1]!; at < edges[k]!; at += 1) gap += scores[order[at]!]! - shared[at]!;
    error += Math.abs(gap) / order.length;
  }
  return error;
}
