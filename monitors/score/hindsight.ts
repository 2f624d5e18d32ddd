/**
 * What drifts were there, seen afterwards? The errors of a champion are cut where two error rates explain them better
 * than one, again in each part, as long as a cut gains enough (binary segmentation of a Bernoulli rate, both ways):
 *
 *     ℓ(before) + ℓ(after) − ℓ(all) ≥ max(8, 2·ln n) nats,   ℓ(k, n) = k·ln(k/n) + (n − k)·ln(1 − k/n)
 *
 * A stretch is worse where its rate lies above that of the first stretch, the champion's own beginning, by the slack of
 * the policy at least; a drift is where a champion goes over into worse. Nobody has this view while it matters: it sees
 * both sides of every change. What is too small or too short to gain that much does not count as a drift.
 *
 * Source: A. J. Scott and M. Knott, Biometrics 30 (1974); bound: 8 nats came in 3 of 1,000 streams without a change.
 */
import { defaultPolicy } from '../../domain/policy/regret-policy.ts';

/** Rows `from` to `to`, the last one not included, of one error rate. */
export type Stretch = Readonly<{ from: number; to: number; rate: number; isWorse: boolean }>;

const LEAST_GAIN = 8;
const LEAST_ROWS = 30;

const logLikelihood = (k: number, n: number): number =>
  k === 0 || k === n ? 0 : k * Math.log(k / n) + (n - k) * Math.log1p(-k / n);

/** @param errors whether each row was wrong, of one champion, in known-at order */
export function stretchesOf(errors: ArrayLike<boolean>, slack: number = defaultPolicy.slack): Stretch[] {
  const sums = new Int32Array(errors.length + 1);
  for (let i = 0; i < errors.length; i += 1) sums[i + 1] = sums[i]! + (errors[i] ? 1 : 0);
  const cuts = settled(sums, cutsOf(sums, 0, errors.length));
  const rateOf = (from: number, to: number) => (sums[to]! - sums[from]!) / (to - from);
  const parts = cuts.slice(1).map((to, i) => ({ from: cuts[i]!, to, rate: rateOf(cuts[i]!, to) }));
  return parts
    .filter(({ from, to }) => to > from)
    .map((part) => ({ ...part, isWorse: part.rate >= parts[0]!.rate + slack }));
}

/** Where a stretch is cut, in order. */
function cutsOf(sums: Int32Array, from: number, to: number): number[] {
  const { at, gain } = bestCut(sums, from, to);
  if (gain < Math.max(LEAST_GAIN, 2 * Math.log(to - from))) return [];
  return [...cutsOf(sums, from, at), at, ...cutsOf(sums, at, to)];
}

/** A first cut was made before its neighbours were known: each is put where it is best between them. */
function settled(sums: Int32Array, cuts: readonly number[]): number[] {
  const all = [0, ...cuts, sums.length - 1];
  for (let i = 1; i < all.length - 1; i += 1) all[i] = bestCut(sums, all[i - 1]!, all[i + 1]!).at;
  return all;
}

function bestCut(sums: Int32Array, from: number, to: number): { at: number; gain: number } {
  const total = sums[to]! - sums[from]!;
  const whole = logLikelihood(total, to - from);
  let [gain, at] = [-1, -1];
  for (let cut = from + LEAST_ROWS; cut <= to - LEAST_ROWS; cut += 1) {
    const before = sums[cut]! - sums[from]!;
    const gained = logLikelihood(before, cut - from) + logLikelihood(total - before, to - cut) - whole;
    if (gained > gain) [gain, at] = [gained, cut];
  }
  return { at, gain };
}

/** The drifts: neighbouring worse stretches are one. */
export function driftsOf(stretches: readonly Stretch[]): { from: number; to: number }[] {
  const drifts: { from: number; to: number }[] = [];
  for (const { from, to, isWorse } of stretches) {
    const last = drifts.at(-1);
    if (!isWorse) continue;
    if (last?.to === from) last.to = to;
    else drifts.push({ from, to });
  }
  return drifts;
}
