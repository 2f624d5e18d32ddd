/**
 * Are test rows among the training rows? What was trained on is answered better than what production will ask, so that
 * a test on it promises too much.
 *
 * Rows of a few categories meet themselves by chance. How often is seen in the training rows: a test row of the same
 * making has a twin among them about as often as a training row has another one. Only what goes beyond is a leak.
 */
export type Leakage = {
  /** Indices of the test rows that are training rows too. */
  shared: number[];
  share: number;
  /** The share of training rows that have a twin among themselves. */
  byChance: number;
};

/** @param train, test text a row, equal for equal rows, label included */
export function findLeakage(train: readonly string[], test: readonly string[]): Leakage {
  const counts = new Map<string, number>();
  for (const row of train) counts.set(row, (counts.get(row) ?? 0) + 1);
  const shared = test.flatMap((row, i) => (counts.has(row) ? [i] : []));
  const twins = train.reduce((sum, row) => sum + (counts.get(row)! > 1 ? 1 : 0), 0);
  return {
    shared,
    share: test.length === 0 ? 0 : shared.length / test.length,
    byChance: train.length === 0 ? 0 : twins / train.length,
  };
}

/** More test rows than this share among the training rows, beyond what chance explains, make a test worthless. */
const LEAKAGE_AT_MOST = 0.05;

export const isLeak = ({ share, byChance }: Pick<Leakage, 'share' | 'byChance'>): boolean =>
  share - byChance > LEAKAGE_AT_MOST;
