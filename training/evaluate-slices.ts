import type { InputRow } from '../domain/input.ts';
import { wilson } from '../statistics/proportions.ts';

type Share = Readonly<{ estimate: number; low: number; high: number }>;
export type SliceAccuracy = Readonly<{
  feature: string;
  value: string;
  rows: number;
  challenger: Share;
  champion: Share;
}>;

/** Values of a feature beyond these, by rows, are left out: a number has as many values as rows. */
const LARGEST_SLICES = 20;

/** Accuracy of both among the rows that share a value of a feature, largest slice first; missing is a value too. */
export function accuracyBySlice(
  rows: readonly { input?: InputRow }[],
  challengerRight: Uint8Array,
  championRight: Uint8Array,
  { features, confidence }: { features: readonly string[]; confidence: number },
): SliceAccuracy[] {
  return features.flatMap((feature) => {
    const counts = new Map<string, { rows: number; challenger: number; champion: number }>();
    for (const [i, { input }] of rows.entries()) {
      const value = String(input?.[feature] ?? 'missing');
      const count = counts.get(value) ?? { rows: 0, challenger: 0, champion: 0 };
      count.rows += 1;
      count.challenger += challengerRight[i]!;
      count.champion += championRight[i]!;
      counts.set(value, count);
    }
    const share = (right: number, of: number) => ({ estimate: right / of, ...wilson(right, of, confidence) });
    return [...counts]
      .sort(([, a], [, b]) => b.rows - a.rows)
      .slice(0, LARGEST_SLICES)
      .map(([value, { rows: n, challenger, champion }]) => ({
        feature,
        value,
        rows: n,
        challenger: share(challenger, n),
        champion: share(champion, n),
      }));
  });
}
