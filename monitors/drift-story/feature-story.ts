import { binOf, binsOf } from '../../domain/reference-shares.ts';
import type { FeatureReference } from '../../domain/reference-shares.ts';
import { psi } from '../../statistics/shares.ts';
import type { StoryWindow, ToldRow } from './drift-story.ts';

/** How one feature moved away from the rows that the model was trained on. */
export type FeatureStory = Readonly<{
  name: string;
  /** Population stability index of each window, in their order. */
  psi: readonly number[];
  /** From this index on it counts as moved; with few rows it is higher, as chance alone reaches further. */
  bound: number;
  /** The window from which on it had moved, for two windows at least; null: it never had. */
  since: number | null;
  most: Readonly<{ window: number; psi: number }>;
  /** What changed most in that window. */
  change: FeatureChange;
}>;

/** A median that moved, or the share of a bin. */
export type FeatureChange = Readonly<
  | { kind: 'median'; before: number | null; after: number | null }
  | { kind: 'share'; bin: string; before: number; after: number }
>;

const USUAL_BOUND = 0.25;
/**
 * Without any drift the index of a window is about (bins − 1) · (1/n + 1/m); three times as much is hardly ever chance.
 *
 * Source: B. Yurdakul, "Statistical properties of population stability index" (2018).
 */
const CHANCE = 3;

export function featureStory(
  name: string,
  feature: FeatureReference,
  {
    rows,
    windows,
    referenceRows,
  }: { rows: readonly ToldRow[]; windows: readonly StoryWindow[]; referenceRows: number },
): FeatureStory {
  const bins = binsOf(feature);
  const usual = bins.map((bin) => feature.shares[bin] ?? 0);
  const shares = windows.map((window) => sharesIn(window, { rows, name, feature, bins }));
  const distances = shares.map((now) => psi(usual, now));
  const least = Math.min(...windows.map(({ from, to }) => to - from));
  const chance = (bins.length - 1) * (1 / least + 1 / referenceRows);
  const bound = Math.max(USUAL_BOUND, CHANCE * chance);
  const moved = distances.map((distance) => distance >= bound);
  const since = moved.findIndex((has, i) => has && (windows.length === 1 || moved[i + 1] === true));
  const window = distances.indexOf(Math.max(...distances));
  return {
    name,
    psi: distances,
    bound,
    since: since === -1 ? null : since,
    most: { window, psi: distances[window]! },
    change: changeOf(feature, {
      bins,
      usual,
      now: shares[window]!,
      values: valuesIn(rows, name, windows[window]!),
    }),
  };
}

function sharesIn(
  { from, to }: StoryWindow,
  {
    rows,
    name,
    feature,
    bins,
  }: { rows: readonly ToldRow[]; name: string; feature: FeatureReference; bins: string[] },
): number[] {
  const counts = new Map(bins.map((bin) => [bin, 0]));
  for (let i = from; i < to; i += 1) {
    const bin = binOf(feature, rows[i]!.input[name]);
    counts.set(bin, counts.get(bin)! + 1);
  }
  return bins.map((bin) => counts.get(bin)! / (to - from));
}

const valuesIn = (rows: readonly ToldRow[], name: string, { from, to }: StoryWindow): number[] =>
  rows.slice(from, to).flatMap(({ input }) => (typeof input[name] === 'number' ? [input[name]] : []));

/** The bin whose share has changed most; of a number, where values have not gone missing, the median. */
function changeOf(
  feature: FeatureReference,
  { bins, usual, now, values }: { bins: string[]; usual: number[]; now: number[]; values: number[] },
): FeatureChange {
  const gaps = bins.map((_, i) => Math.abs(now[i]! - usual[i]!));
  const most = gaps.indexOf(Math.max(...gaps));
  const isLost = most >= bins.length - 2;
  if (feature.kind !== 'number' || isLost)
    return { kind: 'share', bin: bins[most]!, before: usual[most]!, after: now[most]! };
  return { kind: 'median', before: middleOf(feature.edges), after: medianOf(values) };
}

/** The middle edge is the median of the training rows. */
const middleOf = (edges: readonly number[]): number | null =>
  edges[Math.floor((edges.length - 1) / 2)] ?? null;

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
