/**
 * E-process on discordant pairs: is one side right more often than the other?
 *
 * Only rows that exactly one of the two models got right say anything. If neither is better, such a row is a fair
 * coin. Bet a share λ of the capital on the first side at every row, for nine λ at once, and average the capitals:
 *
 *     E(w, l) = mean over λ = .1 … .9 of (1 + λ)^w (1 − λ)^l
 *
 * Under "not better" the expected capital never exceeds 1, whenever one stops to look, so E ≥ 1/α is evidence at
 * level α after any number of looks. McNemar's test promises that for a single look only.
 *
 * Source: Ville's inequality; A. Ramdas et al., "Game-theoretic statistics and safe anytime-valid inference" (2023).
 */
export const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** ln E(w, l): safe for any counts, where E itself would overflow. */
export function logEValue(wins: number, losses: number): number {
  const logCapitals = SHARES.map((share) => wins * Math.log1p(share) + losses * Math.log1p(-share));
  const largest = Math.max(...logCapitals);
  const sum = logCapitals.reduce((total, capital) => total + Math.exp(capital - largest), 0);
  return largest + Math.log(sum / SHARES.length);
}

/** E(w, l); at most Number.MAX_VALUE, so that it survives JSON. */
export const eValue = (wins: number, losses: number): number =>
  Math.min(Math.exp(logEValue(wins, losses)), Number.MAX_VALUE);
