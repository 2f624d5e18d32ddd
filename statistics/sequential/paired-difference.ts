/**
 * Confidence sequence of a paired difference, by betting: each row says +1 (only the first was right), −1 (only the
 * second) or 0 (both or neither), and the question is whether their mean lies above m. A capital of 1 bets at every row,
 *
 *     E_m(w, l, t) = mean over s = .1 … .9 of (1 + s·(1 − m)/(1 + m))^w · (1 − s)^l · (1 − s·m/(1 + m))^t
 *
 * (a bet of λ = s / (1 + m) on d − m: at −1 it loses the share s). While the mean is at most m the expected capital never
 * exceeds 1, so E_m ≥ 1/α is evidence at level α after any number of looks, and the largest m that is refuted is a lower
 * bound that holds for all looks together. At m = 0 it is the e-process on the discordant pairs (e-process.ts).
 *
 * Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024).
 */
import { SHARES } from '../e-process.ts';
import { InvalidInput } from '../invalid-input.ts';

/** Rows by which of the two got them right. */
export type Pairs = Readonly<{ wins: number; losses: number; ties: number }>;

/** ln E_m: is the mean difference above m, −1 < m < 1? */
export function logEAbove({ wins, losses, ties }: Pairs, m: number): number {
  if (!(m > -1 && m < 1))
    throw new InvalidInput('logEAbove', `a difference of shares of ${m} cannot be`, 'Give −1 < m < 1.');
  const logCapitals = SHARES.map((s) => {
    const bet = s / (1 + m);
    return wins * Math.log1p(bet * (1 - m)) + losses * Math.log1p(-s) + ties * Math.log1p(-bet * m);
  });
  const largest = Math.max(...logCapitals);
  const sum = logCapitals.reduce((total, capital) => total + Math.exp(capital - largest), 0);
  return largest + Math.log(sum / SHARES.length);
}

/** ln of the evidence that the mean difference is below m. */
export const logEBelow = ({ wins, losses, ties }: Pairs, m: number): number =>
  logEAbove({ wins: losses, losses: wins, ties }, -m);

/** Where the search for a bound ends: far below what is ever shown. */
const FINE = 1e-7;

/** Bounds of the mean difference; each holds at every look with probability 1 − α. */
export function pairedBounds(pairs: Pairs, alpha: number): { low: number; high: number } {
  const reversed = { wins: pairs.losses, losses: pairs.wins, ties: pairs.ties };
  return { low: lowerBound(pairs, alpha), high: -lowerBound(reversed, alpha) };
}

function lowerBound(pairs: Pairs, alpha: number): number {
  const limit = -Math.log(alpha);
  // E_m falls as m grows: for each row either what is won is less, or what is lost the same.
  let [refuted, open] = [-1, 1];
  while (open - refuted > FINE) {
    const middle = (refuted + open) / 2;
    if (logEAbove(pairs, middle) >= limit) refuted = middle;
    else open = middle;
  }
  return refuted;
}
