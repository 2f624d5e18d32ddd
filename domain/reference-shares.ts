import type { FeatureValue } from './input.ts';

/**
 * Which share of a version's training rows fell into which bin of which feature: what live rows are compared with.
 * Every row falls into exactly one bin of every feature, so the shares of a feature, and its live counts, add up.
 */
export type FeatureReference = Readonly<{
  /** Share (0-1) of the rows by name of the bin. */
  shares: Readonly<Record<string, number>>;
}> &
  (
    | Readonly<{
        kind: 'number';
        /** Ascending; bin `i` (named '0', '1', …) holds the values with exactly `i` edges below them: (lo, hi]. */
        edges: readonly number[];
        /** The smallest and the largest; absent where there were none, or where a version is older than this. */
        range?: Readonly<{ low: number; high: number }> | undefined;
      }>
    | Readonly<{
        kind: 'category';
        /** The known words; each is a bin of its own name. */
        values: readonly string[];
      }>
    | Readonly<{
        /** No two texts are alike, but how long they are says when other ones come. */
        kind: 'text';
        /** Of the number of words; bins as those of a number. */
        edges: readonly number[];
      }>
    | Readonly<{
        /** No two images are alike, but how much there is to see in them says when other ones come. */
        kind: 'image';
        /** Of the length of the image as text, which is compressed; bins as those of a number. */
        edges: readonly number[];
      }>
  );

export type ReferenceShares = Readonly<{
  features: Readonly<Record<string, FeatureReference>>;
  /** Share (0-1) of each label among what the version predicts on its reference rows. */
  labels: Readonly<Record<string, number>>;
}>;

/** The bin of missing values, and the one of values that the feature does not accept. */
export const missingBin = 'missing';
export const unknownBin = 'unknown';

/** Every bin of a feature, in the order in which a reader expects them. */
export const binsOf = (feature: FeatureReference): string[] => [
  ...(feature.kind === 'category'
    ? feature.values
    : Array.from({ length: feature.edges.length + 1 }, (_, i) => String(i))),
  missingBin,
  unknownBin,
];

/** The bin that a value falls into. */
export function binOf(feature: FeatureReference, value: FeatureValue | undefined): string {
  if (value === null || value === undefined) return missingBin;
  if (feature.kind === 'category') {
    const word = String(value);
    return feature.values.includes(word) ? word : unknownBin;
  }
  if (feature.kind === 'text')
    return typeof value === 'string' ? binBetween(feature.edges, wordCount(value)) : unknownBin;
  if (feature.kind === 'image')
    return typeof value === 'string' ? binBetween(feature.edges, value.length) : unknownBin;
  return typeof value === 'number' && Number.isFinite(value) ? binBetween(feature.edges, value) : unknownBin;
}

/** How many words a text has: what stands between spaces. */
export const wordCount = (text: string): number => text.match(/\S+/g)?.length ?? 0;

/** The bin of a number between edges. */
export function binBetween(edges: readonly number[], value: number): string {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return String(low);
}
