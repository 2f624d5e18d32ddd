/** What follows from the order of values alone. */
import { checkPairs, InvalidInput } from './invalid-input.ts';

/** The rank of each value, from 1; equal ones share the mean of their ranks. And how many share each such rank. */
export function midranks(values: ArrayLike<number>): { ranks: Float64Array; ties: number[] } {
  const order = Int32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a]! - values[b]!,
  );
  const ranks = new Float64Array(values.length);
  const ties: number[] = [];
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let k = from; k < to; k += 1) ranks[order[k]!] = (from + 1 + to) / 2;
    ties.push(to - from);
    from = to;
  }
  return { ranks, ties };
}

/** Area under the ROC curve: how likely a positive has a higher score than a negative, a tie counting half. */
export function rocAuc(scores: ArrayLike<number>, arePositive: ArrayLike<number | boolean>): number {
  const positives = countPositives('rocAuc', scores, arePositive);
  const { ranks } = midranks(scores);
  let sum = 0;
  for (let i = 0; i < ranks.length; i += 1) if (arePositive[i]) sum += ranks[i]!;
  return (sum - (positives * (positives + 1)) / 2) / (positives * (scores.length - positives));
}

/** Average precision: Σ (recallₖ − recallₖ₋₁) · precisionₖ over the distinct scores, from the highest down. */
export function averagePrecision(
  scores: ArrayLike<number>,
  arePositive: ArrayLike<number | boolean>,
): number {
  const positives = countPositives('averagePrecision', scores, arePositive);
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  let [area, hits, hitsBefore] = [0, 0, 0];
  for (const [k, i] of order.entries()) {
    if (arePositive[i]) hits += 1;
    const next = order[k + 1];
    if (next !== undefined && scores[next] === scores[i]) continue;
    area += ((hits - hitsBefore) / positives) * (hits / (k + 1));
    hitsBefore = hits;
  }
  return area;
}

function countPositives(
  statistic: string,
  scores: ArrayLike<number>,
  arePositive: ArrayLike<number | boolean>,
): number {
  checkPairs(statistic, scores, arePositive);
  let positives = 0;
  for (let i = 0; i < scores.length; i += 1) if (arePositive[i]) positives += 1;
  if (positives > 0 && positives < scores.length) return positives;
  const fix = 'Give rows of both kinds.';
  throw new InvalidInput(statistic, `${positives} of ${scores.length} rows are positive`, fix);
}
