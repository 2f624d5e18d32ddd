/** Are the scores of a classifier worth believing? Scores are shares that sum to 1 in each row. */
import { checkPairs, InvalidInput } from './invalid-input.ts';

/** Scores below this are raised to it, so that one certain mistake does not make the mean infinite. */
const LEAST_SCORE = 1e-15;

/** −ln(score of the true class) of one row, and finite. */
export const rowLoss = (trueScore: number): number => -Math.log(Math.max(LEAST_SCORE, trueScore));

/** Mean of −ln(score of the true class). `trueScores`: that score in each row. */
export function logLoss(trueScores: ArrayLike<number>): number {
  checkPairs('logLoss', trueScores, trueScores);
  let sum = 0;
  for (let i = 0; i < trueScores.length; i += 1) sum += rowLoss(trueScores[i]!);
  return sum / trueScores.length;
}

/** Brier score of a yes/no forecast: the mean of (score − outcome)². */
export function brier(scores: ArrayLike<number>, outcomes: ArrayLike<number | boolean>): number {
  checkPairs('brier', scores, outcomes);
  let sum = 0;
  for (let i = 0; i < scores.length; i += 1) sum += (scores[i]! - Number(outcomes[i])) ** 2;
  return sum / scores.length;
}

/**
 * Brier score over several classes: the mean over rows of Σ (score − 1 for the true class, else score)²; for two
 * classes twice the yes/no one.
 */
export function multiclassBrier(scores: readonly ArrayLike<number>[], truth: ArrayLike<number>): number {
  checkPairs('multiclassBrier', scores, truth);
  let sum = 0;
  for (const [i, row] of scores.entries()) {
    for (let c = 0; c < row.length; c += 1) sum += (row[c]! - (c === truth[i] ? 1 : 0)) ** 2;
  }
  return sum / scores.length;
}

/**
 * Expected calibration error: in equal bins (lo, hi] of confidence, how far accuracy is from mean confidence, weighted
 * by rows. Biased upwards on few rows: show it with an interval, gate on log loss or Brier.
 *
 * Source: C. Guo et al., "On calibration of modern neural networks" (2017).
 */
export function expectedCalibrationError(
  confidences: ArrayLike<number>,
  areRight: ArrayLike<number | boolean>,
  bins = 15,
): number {
  checkPairs('expectedCalibrationError', confidences, areRight);
  const gaps = new Float64Array(bins);
  for (let i = 0; i < confidences.length; i += 1) {
    const confidence = confidences[i]!;
    if (!(confidence >= 0 && confidence <= 1)) {
      const fix = 'Give confidences from 0 to 1.';
      throw new InvalidInput('expectedCalibrationError', `entry ${i} is ${confidence}`, fix);
    }
    gaps[confidenceBin(confidence, bins)]! += Number(areRight[i]) - confidence;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / confidences.length;
}

/** Index of the equal bin (lo, hi] that a confidence from 0 to 1 falls into; 0 belongs to the first. */
export function confidenceBin(confidence: number, bins: number): number {
  let bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
  // k / bins is not always exact; the edges themselves decide.
  if (bin > 0 && confidence <= bin / bins) bin -= 1;
  else if (bin < bins - 1 && confidence > (bin + 1) / bins) bin += 1;
  return bin;
}
