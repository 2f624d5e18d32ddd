/** Input rows as numbers of the same meaning in two stretches, for what tells the two apart. */
import type { FeatureValue, InputRow } from '../../domain/input.ts';
import { wordCount, type FeatureReference, type ReferenceShares } from '../../domain/reference-shares.ts';

/** Rarer words than these of a category stand together, so that a word of one row is no column. */
const MOST_WORDS = 12;

type Column = (row: InputRow) => number;

/**
 * A function from a row to its numbers: a number as it is, in the middle of the reference where it is missing, and whether
 * it is missing; a category as one column a word; of a text its words, of an image its length.
 */
export function numbersBy({ features }: ReferenceShares): (row: InputRow) => number[] {
  const columns = Object.entries(features).flatMap(([name, feature]) => columnsOf(name, feature));
  return (row) => columns.map((column) => column(row));
}

function columnsOf(name: string, feature: FeatureReference): Column[] {
  if (feature.kind === 'category') {
    const words = Object.entries(feature.shares)
      .filter(([, share]) => share > 0)
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, MOST_WORDS)
      .map(([word]) => word);
    return words.map((word) => (row) => (String(row[name] ?? '') === word ? 1 : 0));
  }
  const middle = feature.edges[feature.edges.length >> 1] ?? 0;
  const size = sizeOf[feature.kind];
  return [(row) => size(row[name]) ?? middle, (row) => (size(row[name]) === null ? 1 : 0)];
}

const sizeOf: Readonly<
  Record<Exclude<FeatureReference['kind'], 'category'>, (value: FeatureValue | undefined) => number | null>
> = {
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null),
  text: (value) => (typeof value === 'string' ? wordCount(value) : null),
  image: (value) => (typeof value === 'string' ? value.length : null),
};
