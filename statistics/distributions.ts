/**
 * Distribution functions, from the Cephes library. Not for workflow code: it is a WebAssembly module.
 *
 * Distribution functions and tails agree with SciPy to about 1e-13, far out in the tails too. Where Cephes falls short
 * (it throws where a tail underflows, and its quantiles stop early for tiny probabilities) we do better, and
 * docs/decisions/distributions.md says how.
 *
 * Source: S. L. Moshier, Cephes mathematical library.
 */
import {
  bdtr,
  compiled,
  igam,
  igamc,
  igami,
  incbet,
  incbi,
  kolmogorov,
  lbeta,
  lgam,
  ndtr,
  ndtri,
} from 'cephes';

await compiled;

/** P(Z ≤ z) for a standard normal Z. */
export const normalCdf = (z: number): number => ndtr(z);
/** P(Z > z), exact far out in the tail. */
export const normalTail = (z: number): number => ndtr(-z);
/** z with P(Z ≤ z) = p, 0 < p < 1. */
export const normalQuantile = (p: number): number => ndtri(p);

/** P(X ≤ k) for X ~ Binomial(n, p); 0 for k < 0, 1 for k ≥ n. */
export const binomialCdf = (k: number, n: number, p: number): number =>
  k < 0 ? 0 : k >= n ? 1 : bdtr(k, n, p);

/** P(X ≤ k) for X ~ Poisson(mean); 0 for k < 0. */
export const poissonCdf = (k: number, mean: number): number =>
  k < 0 ? 0 : gammaTail(mean, Math.floor(k) + 1);

/** P(B ≤ x) for B ~ Beta(a, b). */
export const betaCdf = (x: number, a: number, b: number): number => incbet(a, b, x);
/** x with P(B ≤ x) = p for B ~ Beta(a, b). */
export const betaQuantile = (p: number, a: number, b: number): number =>
  p <= 0 || p >= 1
    ? Number(p > 0)
    : quantile(
        p,
        incbi(a, b, p),
        1,
        (x) => incbet(a, b, x),
        (x) => (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - lbeta(a, b),
      );

/** P(G ≤ x) for G ~ Gamma(shape, 1), x ≥ 0. */
export const gammaCdf = (x: number, shape: number): number =>
  isBeyond(x, shape) ? Number(x > shape) : igam(shape, x);
/** P(G > x) for G ~ Gamma(shape, 1), x ≥ 0, exact far out in the tail. */
export const gammaTail = (x: number, shape: number): number =>
  isBeyond(x, shape) ? Number(x < shape) : igamc(shape, x);

/** P(X > x) for X ~ χ² with so many degrees of freedom. */
export const chiSquareTail = (x: number, degrees: number): number => gammaTail(x / 2, degrees / 2);
/** x with P(X ≤ x) = p for X ~ χ² with so many degrees of freedom. */
export const chiSquareQuantile = (p: number, degrees: number): number => 2 * gammaQuantile(p, degrees / 2);

function gammaQuantile(p: number, shape: number): number {
  if (p <= 0 || p >= 1) return p <= 0 ? 0 : Infinity;
  const logDensity = (x: number) => (shape - 1) * Math.log(x) - x - lgam(shape);
  if (p < 0.5) {
    // What the first term of the series says, which is all there is for tiny p.
    const near = Math.exp((Math.log(p) + lgam(shape + 1)) / shape);
    return quantile(p, near, shape + 1, (x) => gammaCdf(x, shape), logDensity);
  }
  return quantile(1 - p, igami(shape, 1 - p), Infinity, (x) => gammaTail(x, shape), logDensity, -1);
}

/** P(T ≤ t) for T ~ Student's t with so many degrees of freedom, whole or not. */
export const studentCdf = (t: number, degrees: number): number =>
  t < 0 ? studentTail(-t, degrees) : 1 - studentTail(t, degrees);
/** P(T > t), exact far out in the tail. */
export function studentTail(t: number, degrees: number): number {
  if (t < 0) return 1 - studentTail(-t, degrees);
  const square = t * t;
  // Near the middle the tail is a half less a little, and the little is what is exact.
  return square < 1
    ? 0.5 - 0.5 * incbet(0.5, degrees / 2, square / (degrees + square))
    : 0.5 * incbet(degrees / 2, 0.5, degrees / (degrees + square));
}
/** t with P(T ≤ t) = p. */
export function studentQuantile(p: number, degrees: number): number {
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  // Of the two shares, ν/(ν + t²) and t²/(ν + t²), the small one is exact.
  const ratio =
    tail < 0.25
      ? oddsAgainst(betaQuantile(2 * tail, degrees / 2, 0.5))
      : 1 / oddsAgainst(betaQuantile(1 - 2 * tail, 0.5, degrees / 2));
  const t = Math.sqrt(degrees * ratio);
  return p < 0.5 ? -t : t;
}

const oddsAgainst = (share: number): number => (1 - share) / share;

/** P(F > f) for F ~ Fisher's F. */
export const fisherTail = (f: number, between: number, within: number): number =>
  f <= 0 ? 1 : incbet(within / 2, between / 2, within / (within + between * f));

/** P(K > x), the limit law of √n·D of Kolmogorov. */
export const kolmogorovLimitTail = (x: number): number => (x <= 0 ? 1 : kolmogorov(x));

/** ln B(a, b). */
export const logBeta = (a: number, b: number): number => lbeta(a, b);

/** ln Γ(x). */
export const logGamma = (x: number): number => lgam(x);

/** The least exponent that a double can hold, as Cephes has it. */
const LEAST_LOG = -700;

/** Whether x lies so far from the middle that one of the tails is nothing in a double. */
const isBeyond = (x: number, shape: number): boolean =>
  x <= 0 || shape * Math.log(x) - x - lgam(shape) < LEAST_LOG;

/**
 * x with f(x) = p, for a share f that rises (or with `slope` −1 falls) from 0 to `high`: Newton's steps from what is
 * near, each of which doubles the digits, and halving where that leads nowhere.
 */
function quantile(
  p: number,
  near: number,
  high: number,
  share: (x: number) => number,
  logDensity: (x: number) => number,
  slope: 1 | -1 = 1,
): number {
  let x = near;
  for (let step = 0; step < 4; step += 1) {
    const next = x - slope * (share(x) - p) * Math.exp(-logDensity(x));
    if (!(next > 0 && next < high)) break;
    x = next;
  }
  const isFound = x > 0 && x <= high && Math.abs(share(x) - p) <= NEAR_ENOUGH * p;
  return isFound ? x : halve(p, high, share, slope);
}

const NEAR_ENOUGH = 1e-11;

function halve(p: number, end: number, share: (x: number) => number, slope: 1 | -1): number {
  const isAbove = (x: number) => (share(x) - p) * slope > 0;
  let [low, high] = [Number.MIN_VALUE, end];
  if (end === Infinity) for (high = 1; !isAbove(high);) high *= 2;
  // Far from each other they are halved by their digits, near each other by their difference.
  for (let step = 0; step < 2_000; step += 1) {
    const middle = high > 4 * low ? Math.sqrt(low) * Math.sqrt(high) : low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (isAbove(middle)) high = middle;
    else low = middle;
  }
  return low + (high - low) / 2;
}
