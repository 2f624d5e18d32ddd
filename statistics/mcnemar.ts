/**
 * McNemar's test on discordant pairs, exact: if neither model is better, the rows that only one of them got right
 * fall to either like a fair coin. For a single look; a gate that looks again and again decides by `eValue`.
 *
 * `midP` counts the observed table half: less conservative, still close to the level.
 *
 * Source: Q. McNemar, Psychometrika 12 (1947); mid-p: M. W. Fagerland et al., BMC Med. Res. Methodol. 13:91 (2013).
 */
import { binomialCdf, chiSquareTail } from './distributions.ts';
import { InvalidInput } from './invalid-input.ts';

export function mcnemar(wins: number, losses: number): { exactP: number; midP: number } {
  if (!Number.isInteger(wins) || !Number.isInteger(losses) || wins < 0 || losses < 0) {
    throw new InvalidInput(
      'mcnemar',
      `${wins} wins and ${losses} losses are no counts`,
      'Give whole numbers from 0.',
    );
  }
  const n = wins + losses;
  if (wins === losses) return { exactP: 1, midP: n === 0 ? 1 : 1 - pointMass(wins, n) / 2 };
  const fewer = Math.min(wins, losses);
  const exactP = Math.min(1, 2 * binomialCdf(fewer, n, 0.5));
  return { exactP, midP: exactP - pointMass(fewer, n) };
}

/** McNemar's χ² with continuity correction, as statsmodels has it: for many discordant pairs, where it is near the exact. */
export function mcnemarChiSquare(wins: number, losses: number): { statistic: number; pValue: number } {
  const { exactP } = mcnemar(wins, losses);
  if (wins + losses === 0) return { statistic: 0, pValue: exactP };
  const statistic = (Math.abs(wins - losses) - 1) ** 2 / (wins + losses);
  return { statistic, pValue: chiSquareTail(statistic, 1) };
}

/** P(X = k) for X ~ Binomial(n, ½). */
const pointMass = (k: number, n: number): number => binomialCdf(k, n, 0.5) - binomialCdf(k - 1, n, 0.5);
