import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { logFactorials } from './log-factorials.ts';

/** Draws numbers from 0 to below 1, 53 bits fine; the same seed draws the same. */
export function uniform(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => ((generator.next() >>> 5) * 2 ** 26 + (generator.next() >>> 6)) / 2 ** 53;
}

/** Below so many expected successes (or failures) counting up from 0 is the quicker way. */
const FEW = 10;

/**
 * How many of n trials succeed, drawn: exact, in a time that does not grow with n.
 *
 * Few expected successes: inversion. Many: W. Hörmann's transformed rejection with squeeze (BTRS), "The generation of
 * binomial random variates", J. Stat. Comput. Simul. 46 (1993).
 *
 * @param draw numbers from 0 to below 1
 */
export function drawBinomial(n: number, p: number, draw: () => number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, draw);
  return n * p < FEW ? byInversion(n, p, draw) : byRejection(n, p, draw);
}

function byInversion(n: number, p: number, draw: () => number): number {
  const odds = p / (1 - p);
  let chance = Math.exp(n * Math.log1p(-p));
  let left = draw();
  for (let k = 0; k < n; k += 1) {
    if (left < chance) return k;
    left -= chance;
    chance *= (odds * (n - k)) / (k + 1);
  }
  return n;
}

function byRejection(n: number, p: number, draw: () => number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const alpha = (2.83 + 5.1 / b) * spread;
  const squeeze = 0.92 - 4.2 / b;
  const mode = Math.floor((n + 1) * p);
  const logOdds = Math.log(p / (1 - p));
  const lf = logFactorials(n);
  for (;;) {
    const u = draw() - 0.5;
    const v = draw();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (k < 0 || k > n) continue;
    if (us >= 0.07 && v <= squeeze) return k;
    const height = Math.log((v * alpha) / (a / us ** 2 + b));
    if (height <= lf[mode]! + lf[n - mode]! - lf[k]! - lf[n - k]! + (k - mode) * logOdds) return k;
  }
}

/** Into `drawn`: how often each cell comes up when as many rows are drawn again as there are, from these counts. */
export function drawMultinomial(counts: ArrayLike<number>, drawn: Int32Array, draw: () => number): void {
  let left = 0;
  for (let c = 0; c < counts.length; c += 1) left += counts[c]!;
  let trials = left;
  for (let c = 0; c < counts.length; c += 1) {
    const count = counts[c]!;
    const some = left === 0 ? 0 : drawBinomial(trials, count / left, draw);
    drawn[c] = some;
    trials -= some;
    left -= count;
  }
}
