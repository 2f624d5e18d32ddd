/**
 * Which features have moved? Live rows fall into the bins of the champion's reference; how far their shares are from those
 * of the time before is PSI. What a feature does anyway is no movement: the limit of each is the farthest that any stretch
 * as long was from the rest of the time before, and at least `psi`. Effect first, then significance: χ² over the
 * bins, Benjamini–Hochberg over the features.
 */
import type { InputRow } from '../../domain/input.ts';
import { binOf, binsOf } from '../../domain/reference-shares.ts';
import type { FeatureReference, ReferenceShares } from '../../domain/reference-shares.ts';
import { chiSquare } from '../../statistics/contingency.ts';
import { benjaminiHochberg } from '../../statistics/multiple-testing.ts';
import { psi } from '../../statistics/shares.ts';

export type InputShiftOptions = Readonly<{
  /** The least PSI that is called a movement, beside what chance alone makes. */
  psi: number;
  alpha: number;
  /** Fewer rows on either side say nothing. */
  leastRows: number;
}>;

export const usualInputShift: InputShiftOptions = { psi: 0.1, alpha: 0.01, leastRows: 100 };

export type MovedFeature = Readonly<{ feature: string; psi: number; limit: number }>;
/** The farthest first; null where too little is known. */
export type InputShift = readonly MovedFeature[] | null;

export function findInputShift(
  { before, now, reference }: Compared,
  options: InputShiftOptions = usualInputShift,
): InputShift {
  if (reference === null || Math.min(before.length, now.length) < options.leastRows) return null;
  const features = Object.entries(reference.features).map(([feature, bins]) => ({
    feature,
    ...compareBins(binned(bins, feature, before), binned(bins, feature, now), binsOf(bins).length, options),
  }));
  const adjusted = benjaminiHochberg(features.map(({ pValue }) => pValue));
  return features
    .filter(({ psi: distance, limit }, i) => distance > limit && adjusted[i]! < options.alpha)
    .map(({ feature, psi: distance, limit }) => ({ feature, psi: distance, limit }))
    .toSorted((a, b) => b.psi - a.psi);
}

export type Compared = Readonly<{
  before: readonly InputRow[];
  now: readonly InputRow[];
  /** Of the champion; null where it was registered without. */
  reference: ReferenceShares | null;
}>;

/** The number of the bin that each row falls into. */
function binned(reference: FeatureReference, feature: string, rows: readonly InputRow[]): number[] {
  const numbers = new Map(binsOf(reference).map((bin, i) => [bin, i]));
  return rows.map((row) => numbers.get(binOf(reference, row[feature]))!);
}

function compareBins(before: number[], now: number[], bins: number, { psi: least }: InputShiftOptions) {
  const [then, current] = [countsOf(before, bins), countsOf(now, bins)];
  const table = [then, current].map((counts) => counts.filter((_, bin) => then[bin]! + current[bin]! > 0));
  const chance = (table[0]!.length - 1) * (1 / before.length + 1 / now.length);
  return {
    psi: distance(then, current),
    limit: Math.max(least + 2 * chance, farthestStretch(before, then, now.length)),
    pValue: table[0]!.length < 2 ? 1 : chiSquare(table).pValue,
  };
}

/** How far stretches of the time before, as long as now, were from the rest of it. */
function farthestStretch(before: readonly number[], all: readonly number[], length: number): number {
  let farthest = 0;
  for (let from = 0; from + length <= before.length; from += length) {
    const stretch = countsOf(before.slice(from, from + length), all.length);
    const rest = all.map((count, bin) => count - stretch[bin]!);
    if (rest.some((count) => count > 0)) farthest = Math.max(farthest, distance(rest, stretch));
  }
  return farthest;
}

function countsOf(binned: readonly number[], bins: number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const bin of binned) counts[bin]! += 1;
  return counts;
}

/** PSI of the shares; half a row more in each bin, so that an empty one of few rows is not an abyss. */
function distance(then: readonly number[], now: readonly number[]): number {
  const shares = (counts: readonly number[]) => {
    const all = counts.reduce((sum, count) => sum + count + HALF, 0);
    return counts.map((count) => (count + HALF) / all);
  };
  return psi(shares(then), shares(now));
}
const HALF = 0.5;

export const sayMoved = (moved: readonly MovedFeature[]): string =>
  moved.length === 0
    ? 'No feature has moved farther than it used to.'
    : `${moved
        .slice(0, MOST_NAMED)
        .map(
          ({ feature, psi: by, limit }) =>
            `"${feature}" has moved by a PSI of ${by.toFixed(2)} (up to ${limit.toFixed(2)} is usual)`,
        )
        .join(
          ', ',
        )}${moved.length > MOST_NAMED ? ` and ${moved.length - MOST_NAMED} more features have, too` : ''}.`;
/** More are not read. */
const MOST_NAMED = 3;
