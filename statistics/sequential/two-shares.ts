/**
 * Anytime-valid comparison of two shares: do errors of one arm lie more than m above those of another, at any look?
 *
 * For each arm the likelihood ratio of its counts against a share p, mixed over all shares by a Beta(½, ½) prior, is an
 * e-process when p is the true share; the arms are independent, so the product of both is one too. All pairs of shares
 * that it has not refuted are a joint confidence sequence, and a claim is refuted when all of its pairs are:
 *
 *     ln E(θₐ ≤ θ_b + m) = min over θₐ ≤ θ_b + m of ln Eₐ(θₐ) + ln E_b(θ_b)
 *
 * Both terms are convex, so the minimum lies at the observed shares where they fulfil the claim, and on its edge
 * otherwise. E ≥ 1/α is evidence at level α however often one looks, with no approximation at small counts.
 *
 * Source: H. Robbins, Ann. Math. Stat. 41 (1970), for each arm; R. J. Turner, A. Ly and P. Grünwald, "Generic E-variables
 * for exact sequential k-sample tests", Stat. Sinica (2024), for the product.
 */
import { logBeta } from '../distributions.ts';

/** So many events among so many trials; of no trials nothing is known. */
export type Count = Readonly<{ events: number; trials: number }>;

/** ln of the evidence that the share of `a` lies more than `margin` above that of `b`. */
export const logEAboveBy = (a: Count, b: Count, margin: number): number =>
  shareOf(a) <= shareOf(b) + margin
    ? logEAt(a, shareOf(a)) + logEAt(b, shareOf(b))
    : leastOnEdge(a, b, margin);

/** ln of the evidence that the share of `a` lies less than `margin` above that of `b`: that it is no worse. */
export const logEBelowBy = (a: Count, b: Count, margin: number): number =>
  shareOf(a) >= shareOf(b) + margin
    ? logEAt(a, shareOf(a)) + logEAt(b, shareOf(b))
    : leastOnEdge(a, b, margin);

/** ln of the evidence that a share is above a bound that is known. */
export const logEShareAbove = (a: Count, bound: number): number => logEAt(a, Math.min(shareOf(a), bound));

/** ln of the evidence that a share is below a bound that is known. */
export const logEShareBelow = (a: Count, bound: number): number => logEAt(a, Math.max(shareOf(a), bound));

/** Bounds of how far the share of `a` lies above that of `b`; both hold at every look with probability 1 − α. */
export function differenceBounds(a: Count, b: Count, alpha: number): { low: number; high: number } {
  const limit = -Math.log(alpha);
  return {
    low: -leastMargin((m) => logEAboveBy(a, b, -m) >= limit),
    high: leastMargin((m) => logEBelowBy(a, b, m) >= limit),
  };
}

/** How much worse an arm can at least be shown not to be, by so many trials without an event on either side. */
export function provableMargin(trials: number, alpha: number): number {
  const clean = { events: 0, trials };
  return leastMargin((m) => logEBelowBy(clean, clean, m) >= -Math.log(alpha));
}

/** Bisections until a bound is finer than anything that is shown. */
const BISECTIONS = 30;

/** The least m in [−1, 1] of which a claim holds that holds of all larger ones; 1 where it holds of none. */
function leastMargin(holds: (m: number) => boolean): number {
  let [open, proven] = [-1, 1];
  for (let i = 0; i < BISECTIONS; i += 1) {
    const middle = (open + proven) / 2;
    if (holds(middle)) proven = middle;
    else open = middle;
  }
  return proven;
}

const shareOf = ({ events, trials }: Count): number => (trials === 0 ? 0 : events / trials);

const PRIOR = 0.5;

/** n·ln x, where nothing of anything is nothing. */
const times = (n: number, log: number) => (n === 0 ? 0 : n * log);

/** ln E of the counts of one arm against a share. */
function logEAt({ events, trials }: Count, share: number): number {
  const others = trials - events;
  const mixed = logBeta(PRIOR + events, PRIOR + others) - logBeta(PRIOR, PRIOR);
  return mixed - times(events, Math.log(share)) - times(others, Math.log1p(-share));
}

/** The least of ln Eₐ(θ + m) + ln E_b(θ) over the edge of the claim: its slope only grows, so its root is bisected. */
function leastOnEdge(a: Count, b: Count, margin: number): number {
  let [low, high] = [Math.max(0, -margin), Math.min(1, 1 - margin)];
  const pull = ({ events, trials }: Count, share: number) =>
    (trials - events === 0 ? 0 : (trials - events) / (1 - share)) - (events === 0 ? 0 : events / share);
  for (let i = 0; i < BISECTIONS; i += 1) {
    const middle = (low + high) / 2;
    if (pull(a, middle + margin) + pull(b, middle) > 0) high = middle;
    else low = middle;
  }
  const theta = (low + high) / 2;
  return logEAt(a, theta + margin) + logEAt(b, theta);
}
