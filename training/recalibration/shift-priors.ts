import { softmax } from '../softmax.ts';

/**
 * New shares of the labels: a number for each label that is added to its logit, so that on these rows the mean score of
 * each label is its share of the rows. Under label shift that is all that changes: p(y | x) is the old one times the new
 * share over the old one, made to sum to 1.
 *
 * By scaling in turn: b ← b + ln(share / mean score), which climbs the likelihood of the intercepts of a multinomial
 * regression. Half a row more for each label, so that one which has not come yet stays possible.
 *
 * @param logits rows × classes
 * @param labels the index of each row's label
 * @returns what is added to logits / temperature, one for each label
 *
 * Source: M. Saerens et al., "Adjusting the outputs of a classifier to new a priori probabilities", Neural Computation 14
 * (2002), with labels that are known; scaling: J. Darroch, D. Ratcliff, Ann. Math. Stat. 43 (1972).
 */
export function shiftPriors(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  temperature: number,
): number[] {
  const rows = labels.length;
  const shares = Array.from({ length: classes }, () => HALF / (rows + HALF * classes));
  for (let row = 0; row < rows; row += 1) shares[labels[row]!]! += 1 / (rows + HALF * classes);
  const shift = Array.from({ length: classes }, () => 0);
  const shifted = Float64Array.from({ length: classes });
  for (let round = 0; round < ROUNDS_AT_MOST; round += 1) {
    const means = Array.from({ length: classes }, () => 0);
    for (let row = 0; row < rows; row += 1) {
      for (let c = 0; c < classes; c += 1) shifted[c] = logits[row * classes + c]! / temperature + shift[c]!;
      for (const [c, score] of softmax(shifted, 0, classes).entries()) means[c]! += score / rows;
    }
    let farthest = 0;
    for (const [c, mean] of means.entries()) {
      const step = Math.log(shares[c]! / Math.max(mean, LEAST_MEAN));
      shift[c]! += step;
      farthest = Math.max(farthest, Math.abs(step));
    }
    if (farthest < CLOSE) break;
  }
  const mean = shift.reduce((sum, b) => sum + b, 0) / classes;
  return shift.map((b) => b - mean);
}

const HALF = 0.5;
const ROUNDS_AT_MOST = 500;
const CLOSE = 1e-6;
const LEAST_MEAN = 1e-12;
