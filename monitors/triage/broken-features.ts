/**
 * Has a feature broken? A change of the world moves values; a broken pipeline makes them vanish or freeze. Before
 * anything is trained, the newest live rows are looked at, feature by feature:
 *
 *     gone     missing or unreadable in all of the newest `goneRows` rows, though at most `usuallyMissing` of the
 *              champion's training rows missed it
 *     frozen   one and the same value in all of the newest `frozenRows`, though no bin held more than `usuallyFrozen` of
 *              the training rows, and in the time before it never stayed the same for so long: a weekday does
 *
 * Without the champion's reference nobody knows what is usual: then only a feature that is gone counts, and only when
 * another one is not.
 */
import type { InputRow } from '../../domain/input.ts';
import { binOf, missingBin, unknownBin, type ReferenceShares } from '../../domain/reference-shares.ts';

export type BrokenFeature = Readonly<{ feature: string; how: 'gone' | 'frozen'; sentence: string }>;

export type BrokenOptions = Readonly<{
  /** Trades delay for false alarms: more rows are later and surer. */
  goneRows: number;
  frozenRows: number;
  usuallyMissing: number;
  usuallyFrozen: number;
}>;
export const defaultBroken: BrokenOptions = {
  goneRows: 100,
  frozenRows: 200,
  usuallyMissing: 0.5,
  usuallyFrozen: 0.9,
};

export function findBrokenFeatures(
  {
    features,
    rows,
    before = [],
    reference,
  }: {
    features: readonly string[];
    rows: readonly InputRow[];
    before?: readonly InputRow[];
    reference: ReferenceShares | null;
  },
  options: BrokenOptions = defaultBroken,
): BrokenFeature[] {
  const newest = rows.slice(-options.goneRows);
  const gone = features.filter((name) => newest.every((row) => isUnreadable(row, name, reference)));
  const enough = newest.length >= options.goneRows;
  const knowsOthers = gone.length < features.length;
  return features.flatMap((feature): BrokenFeature[] => {
    const shares = reference?.features[feature]?.shares;
    if (enough && gone.includes(feature)) {
      const usual = shares === undefined ? (knowsOthers ? 0 : 1) : lostShare(shares);
      return usual > options.usuallyMissing ? [] : [sayGone(feature, newest.length, shares)];
    }
    if (shares === undefined || rows.length < options.frozenRows) return [];
    const last = rows.slice(-options.frozenRows);
    if (longestSame(last, feature) < last.length) return [];
    if (Math.max(...Object.values(shares)) > options.usuallyFrozen) return [];
    if (longestSame(before, feature) >= options.frozenRows) return [];
    return [sayFrozen(feature, last.length, String(last[0]?.[feature]))];
  });
}

/** In how many rows, one after the other, a feature kept its value. */
function longestSame(rows: readonly InputRow[], feature: string): number {
  let [longest, same] = [0, 0];
  for (const [i, row] of rows.entries()) {
    same = i > 0 && row[feature] === rows[i - 1]![feature] ? same + 1 : 1;
    longest = Math.max(longest, same);
  }
  return longest;
}

function isUnreadable(row: InputRow, name: string, reference: ReferenceShares | null): boolean {
  const value = row[name];
  if (value === null || value === undefined) return true;
  const feature = reference?.features[name];
  return feature !== undefined && binOf(feature, value) === unknownBin;
}

const lostShare = (shares: Readonly<Record<string, number>>): number =>
  (shares[missingBin] ?? 0) + (shares[unknownBin] ?? 0);

const percent = (share: number) => `${Math.round(100 * share)} %`;

function sayGone(
  feature: string,
  rows: number,
  shares: Readonly<Record<string, number>> | undefined,
): BrokenFeature {
  const usual = shares === undefined ? '' : ` (in training ${percent(lostShare(shares))} did)`;
  return {
    feature,
    how: 'gone',
    sentence: `All of the newest ${rows} predictions came without a readable "${feature}"${usual}.`,
  };
}

const LONGEST_VALUE = 60;
const shortly = (value: string) =>
  value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;

const sayFrozen = (feature: string, rows: number, value: string): BrokenFeature => ({
  feature,
  how: 'frozen',
  sentence: `"${feature}" has been ${shortly(value)} in all of the newest ${rows} predictions, where it used to vary.`,
});
