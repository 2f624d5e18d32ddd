/** How labels are spread over examples. */
export type LabelBalance = Readonly<{
  counts: Readonly<Record<string, number>>;
  /** Declared labels that no example has. */
  absent: string[];
  /** The most frequent label's examples for each of the rarest's that has any; 1: balanced. */
  imbalance: number;
  /** Of the examples, those that have the most frequent label. */
  majorityShare: number;
  /** What to do about it, in a sentence; null: nothing. */
  advice: string | null;
}>;

/** From here on rare labels are hardly learnt by themselves. */
const IMBALANCED = 10;

/** @param rows the labels of each example */
export function labelBalance(
  rows: readonly (readonly string[])[],
  declared: readonly string[],
): LabelBalance {
  const counts = new Map<string, number>(declared.map((label) => [label, 0]));
  for (const label of rows.flat()) counts.set(label, (counts.get(label) ?? 0) + 1);
  const present = [...counts.values()].filter((count) => count > 0);
  const [most, least] = [Math.max(0, ...present), Math.min(Infinity, ...present)];
  const imbalance = present.length === 0 ? 1 : most / least;
  const absent = declared.filter((label) => counts.get(label) === 0);
  const rarest = [...counts].find(([, count]) => count === least)?.[0];
  return {
    counts: Object.fromEntries(counts),
    absent,
    imbalance,
    majorityShare: rows.length === 0 ? 0 : most / rows.length,
    advice:
      absent.length > 0
        ? `No example has ${absent.map((label) => `"${label}"`).join(', ')}: a model cannot learn to say it.`
        : imbalance >= IMBALANCED
          ? `"${rarest}" has ${least} examples, the most frequent label ${most}: where rare ones matter as much, say classWeights: 'balanced' or focalGamma: 2 in the config.`
          : null,
  };
}
