/**
 * Many tests at once: p-values adjusted so that rejecting those ≤ α keeps its promise for all of them together. In the
 * order given. Agree with statsmodels.
 *
 * Two promises: that not a single rejection is false (family-wise: Bonferroni, Šidák, Holm, Holm–Šidák, Hochberg,
 * Hommel), or that at most a share α of the rejections is, on average (false discovery rate: Benjamini–Hochberg,
 * Benjamini–Yekutieli, two-stage). For features of one model: Benjamini–Hochberg to look, Holm to alarm.
 */

/** Each times their number: true whatever the dependence, and the least powerful. */
export const bonferroni = (pValues: readonly number[]): number[] =>
  pValues.map((p) => Math.min(1, p * pValues.length));

/** 1 − (1 − p)^m: a little more power, for independent tests. Source: Z. Šidák, JASA 62 (1967). */
export const sidak = (pValues: readonly number[]): number[] =>
  pValues.map((p) => atLeastOne(p, pValues.length));

/**
 * Holm's correction: a single false rejection is at most α likely, whatever their dependence. Never worse than
 * Bonferroni's.
 *
 * Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979).
 */
export const holm = (pValues: readonly number[]): number[] => stepDown(pValues, (p, left) => left * p);

/** Holm's steps with Šidák's correction, for independent tests. */
export const holmSidak = (pValues: readonly number[]): number[] => stepDown(pValues, atLeastOne);

/** Steps up from the largest; for independent or positively dependent tests. Source: Y. Hochberg, Biometrika 75 (1988). */
export const hochberg = (pValues: readonly number[]): number[] =>
  stepUp(pValues, (p, rank, all) => (all - rank + 1) * p);

/** As Hochberg's, and never less powerful. Source: G. Hommel, Biometrika 75 (1988). */
export function hommel(pValues: readonly number[]): number[] {
  const order = ascending(pValues);
  const sorted = order.map((i) => pValues[i]!);
  const all = sorted.length;
  const adjusted = sorted.slice();
  for (let m = all; m > 1; m -= 1) {
    const least = Math.min(...Array.from({ length: m }, (_, k) => (m * sorted[all - m + k]!) / (k + 1)));
    for (const [i, p] of sorted.entries())
      adjusted[i] = Math.max(adjusted[i]!, i >= all - m ? least : Math.min(least, m * p));
  }
  return backTo(order, adjusted);
}

/** False discovery rate, for independent or positively dependent tests. Source: Y. Benjamini, Y. Hochberg, JRSS B 57 (1995). */
export const benjaminiHochberg = (pValues: readonly number[]): number[] =>
  stepUp(pValues, (p, rank, all) => (all / rank) * p);

/** The same whatever the dependence, at a price of about ln m. Source: Y. Benjamini, D. Yekutieli, Ann. Stat. 29 (2001). */
export function benjaminiYekutieli(pValues: readonly number[]): number[] {
  const price = pValues.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  return stepUp(pValues, (p, rank, all) => ((price * all) / rank) * p);
}

/**
 * Benjamini–Hochberg in two stages: the rejections of the first, at α, tell how many hypotheses may be true, and the
 * second spends on those alone.
 *
 * Source: Y. Benjamini, A. Krieger and D. Yekutieli, Biometrika 93 (2006), with α itself in the first stage.
 */
export function twoStageBenjaminiHochberg(pValues: readonly number[], alpha = 0.05): number[] {
  const first = benjaminiHochberg(pValues);
  const all = pValues.length;
  const left = all - first.filter((p) => p <= alpha).length;
  return left === 0 ? first : first.map((p) => (p * left) / all);
}

const atLeastOne = (p: number, tests: number): number => -Math.expm1(tests * Math.log1p(-p));

const ascending = (pValues: readonly number[]): number[] =>
  pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);

function backTo(order: readonly number[], sorted: readonly number[]): number[] {
  const placed = Array.from<number>({ length: sorted.length });
  for (const [rank, i] of order.entries()) placed[i] = Math.min(1, sorted[rank]!);
  return placed;
}

/** From the smallest up: no adjusted value below one that comes before it. */
function stepDown(pValues: readonly number[], adjust: (p: number, left: number) => number): number[] {
  const order = ascending(pValues);
  let largest = 0;
  return backTo(
    order,
    order.map((i, rank) => (largest = Math.max(largest, adjust(pValues[i]!, pValues.length - rank)))),
  );
}

/** From the largest down: no adjusted value above one that comes before it; ranks from 1. */
function stepUp(
  pValues: readonly number[],
  adjust: (p: number, rank: number, all: number) => number,
): number[] {
  const order = ascending(pValues);
  const all = pValues.length;
  let least = 1;
  const sorted = order
    .toReversed()
    .map((i, k) => (least = Math.min(least, adjust(pValues[i]!, all - k, all))))
    .reverse();
  return backTo(order, sorted);
}
