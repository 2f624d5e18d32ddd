/**
 * Concept memory: does an earlier version fit the new regime? When regret has reached the price, and before anything
 * is trained, every version that was champion before is compared with the champion on the newest labelled rows since
 * onset. With K versions tried, the best one must show E > K/α; it is then promoted without training, gets its own
 * reference back and starts with no regret.
 */
import { defaultPolicy, type RegretPolicy } from '../../domain/policy/regret-policy.ts';
import { eValue } from '../../statistics/e-process.ts';

/** One earlier version against the champion: rows that only it, or only the champion, got right. */
export type Rival = Readonly<{ version: string; wins: number; losses: number }>;

export type EarlierVersion = Rival & Readonly<{ eValue: number; tried: number; sentence: string }>;

/** Rows to compare on, both ends included: since onset, the newest `memoryRows`. */
export const memoryWindow = (
  { labelled, onsetSeq }: { labelled: number; onsetSeq: number },
  { memoryRows }: Pick<RegretPolicy, 'memoryRows'> = defaultPolicy,
): { fromSeq: number; toSeq: number } => ({
  fromSeq: Math.max(1, onsetSeq, labelled - memoryRows + 1),
  toSeq: labelled,
});

/** The earlier version to go back to, or `null` when none shows it. Equal evidence: the first one given. */
export function pickEarlierVersion(
  rivals: readonly Rival[],
  { alpha }: Pick<RegretPolicy, 'alpha'> = defaultPolicy,
): EarlierVersion | null {
  const tried = rivals.length;
  let best: (Rival & { eValue: number }) | null = null;
  for (const rival of rivals) {
    const evidence = eValue(rival.wins, rival.losses);
    if (best === null || evidence > best.eValue) best = { ...rival, eValue: evidence };
  }
  if (best === null || best.eValue <= tried / alpha) return null;
  const sentence =
    `${best.version} fits the new rows better than the champion: it alone was right on ${best.wins} of them, ` +
    `the champion alone on ${best.losses}.`;
  return { ...best, tried, sentence };
}
