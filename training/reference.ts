import type { Feature, InputRow } from '../domain/input.ts';
import { binBetween, binOf, binsOf, wordCount } from '../domain/reference-shares.ts';
import type { FeatureReference, ReferenceShares } from '../domain/reference-shares.ts';
import { quantileEdges } from '../statistics/shares.ts';
import { numbersOf } from './tabular/preprocessing.ts';

/** Bins of a number, before equal edges fall together. */
const BINS = 10;

/**
 * What live rows are compared with: the shares of the training rows in each bin of each feature, and of the labels
 * that the version predicts on them. A number's inner edges are the quantiles of the training rows, and its range theirs.
 */
export function referenceShares(
  input: Readonly<Record<string, Feature>>,
  rows: readonly InputRow[],
  task: { labels: readonly string[] },
  predicted: readonly string[],
): ReferenceShares {
  return {
    features: Object.fromEntries(
      Object.entries(input).map(([name, feature]) => {
        const bins = binsFor(feature, name, rows);
        const counted = rows.map((row) => binOf(bins, row[name]));
        return [name, { ...bins, shares: sharesOf(binsOf(bins), counted) }];
      }),
    ),
    labels: sharesOf(task.labels, predicted),
  };
}

function binsFor(feature: Feature, name: string, rows: readonly InputRow[]): FeatureReference {
  switch (feature.kind) {
    case 'number':
      return numberBins(numbersOf(rows, name));
    case 'category':
      return { kind: 'category', values: [...feature.values], shares: {} };
    case 'text':
      return { kind: 'text', edges: innerEdges(wordCounts(rows, name)), shares: {} };
    case 'image':
      return { kind: 'image', edges: innerEdges(lengthsOf(rows, name)), shares: {} };
    default:
      return feature satisfies never;
  }
}

function numberBins(numbers: readonly number[]): FeatureReference {
  const edges = innerEdges(numbers);
  if (numbers.length === 0) return { kind: 'number', edges, shares: {} };
  let [low, high] = [numbers[0]!, numbers[0]!];
  for (const x of numbers) [low, high] = [Math.min(low, x), Math.max(high, x)];
  return { kind: 'number', edges, range: { low, high }, shares: {} };
}

const wordCounts = (rows: readonly InputRow[], name: string): number[] =>
  rows.flatMap((row) => (typeof row[name] === 'string' ? [wordCount(row[name])] : []));

const lengthsOf = (rows: readonly InputRow[], name: string): number[] =>
  rows.flatMap((row) => (typeof row[name] === 'string' ? [row[name].length] : []));

/** The same for images of which only the lengths of their texts are known. */
export function imageReference(lengths: readonly number[]): FeatureReference {
  const bins = { kind: 'image', edges: innerEdges(lengths), shares: {} } as const;
  const counted = lengths.map((length) => binBetween(bins.edges, length));
  return { ...bins, shares: sharesOf(binsOf(bins), counted) };
}

/**
 * Inner edges of quantile bins, ascending and distinct; the outer bins are open. A constant gets the two edges around
 * its value, so that a later change to either side is seen; in one single bin nothing could ever be.
 */
export function innerEdges(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const edges = quantileEdges(values, BINS);
  return edges.length === 1 ? aroundConstant(edges[0]!) : edges.slice(1, -1);
}

const aroundConstant = (value: number): number[] => [
  value - Math.max(Number.MIN_VALUE, Math.abs(value) * 2 ** -50),
  value,
];

function sharesOf(names: readonly string[], observed: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>(names.map((name) => [name, 0]));
  for (const name of observed) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(
    [...counts].map(([name, count]) => [name, observed.length === 0 ? 0 : count / observed.length]),
  );
}
