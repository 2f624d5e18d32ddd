/**
 * Drift of one feature, chunk by chunk: is this chunk farther from the reference than chunks of the reference are?
 *
 * A distance alone says little, and a p-value says too much on many rows. So the threshold is learnt: the distance of each
 * chunk of the reference to all of it, their mean and three deviations. A verdict then does not depend on the number of
 * rows alone, only on what this feature does anyway. χ² goes by its p-value instead, at .05.
 *
 * Numbers are binned by Doane's rule for Jensen–Shannon and Hellinger, what lies outside being one more bin; categories
 * that the reference has not are one more category.
 *
 * Source: NannyML, univariate drift; agrees with nannyml.UnivariateDriftCalculator up to 10,000 reference rows, beyond
 * which it goes by histograms and this one does not.
 */
import type { FindingLevel } from '../../../domain/finding.ts';
import { chiSquare } from '../../../statistics/contingency.ts';
import { wasserstein } from '../../../statistics/empirical.ts';
import { doaneEdges, histogramShares } from '../../../statistics/histogram.ts';
import { InvalidInput } from '../../../statistics/invalid-input.ts';
import { hellinger, jensenShannon, largestShift } from '../../../statistics/shares.ts';
import { tableOf } from './chi2.ts';
import { kolmogorovSmirnov } from './ks.ts';
import { countsOf } from './share-distance.ts';

export const numberDistances = ['kolmogorov_smirnov', 'jensen_shannon', 'wasserstein', 'hellinger'] as const;
export const categoryDistances = ['chi2', 'jensen_shannon', 'hellinger', 'l_infinity'] as const;

export type NumberDistance = (typeof numberDistances)[number];
export type CategoryDistance = (typeof categoryDistances)[number];

export type ChunkDrift = Readonly<{
  /** How far the chunk is from the reference. */
  value: number;
  /** Beyond this it is drift; null where a p-value decides. */
  threshold: number | null;
  finding: FindingLevel;
}>;

export type DriftOfChunk<T> = (chunk: readonly T[]) => ChunkDrift;

export const driftOfNumbers = (
  reference: readonly number[],
  method: NumberDistance,
  chunkSize: number,
): DriftOfChunk<number> => byThreshold(reference, distanceOfNumbers(reference, method), chunkSize);

export function driftOfCategories(
  reference: readonly string[],
  method: CategoryDistance,
  chunkSize: number,
): DriftOfChunk<string> {
  if (method !== 'chi2') return byThreshold(reference, distanceOfCategories(reference, method), chunkSize);
  return (chunk) => {
    const { statistic, pValue } = chiSquare(tableOf(reference, chunk));
    return { value: statistic, threshold: null, finding: pValue < SIGNIFICANT ? 'detected' : 'steady' };
  };
}

const DEVIATIONS = 3;
const SIGNIFICANT = 0.05;

function byThreshold<T>(
  reference: readonly T[],
  distance: (chunk: readonly T[]) => number,
  chunkSize: number,
): DriftOfChunk<T> {
  if (!(Number.isInteger(chunkSize) && chunkSize > 0 && reference.length > 0))
    throw new InvalidInput(
      'feature drift',
      `${reference.length} values make no chunks of ${chunkSize}`,
      'Give a reference, and chunks of at least one value.',
    );
  const values = Array.from({ length: Math.ceil(reference.length / chunkSize) }, (_, i) =>
    distance(reference.slice(i * chunkSize, (i + 1) * chunkSize)),
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const threshold = mean + DEVIATIONS * Math.sqrt(variance);
  return (chunk) => {
    if (chunk.length === 0) return { value: Number.NaN, threshold, finding: 'unknown' };
    const value = distance(chunk);
    return { value, threshold, finding: value > threshold ? 'detected' : 'steady' };
  };
}

function distanceOfNumbers(
  reference: readonly number[],
  method: NumberDistance,
): (chunk: readonly number[]) => number {
  if (method === 'wasserstein') return (chunk) => wasserstein({ values: reference }, { values: chunk });
  if (method === 'kolmogorov_smirnov')
    return (chunk) =>
      kolmogorovSmirnov(reference, chunk, { alternative: 'two-sided', method: 'asymp' }).statistic;
  const edges = doaneEdges(reference);
  const shares = histogramShares(reference, edges);
  const distance = method === 'hellinger' ? hellinger : jensenShannon;
  return (chunk) => distance(shares, histogramShares(chunk, edges));
}

function distanceOfCategories(
  reference: readonly string[],
  method: Exclude<CategoryDistance, 'chi2'>,
): (chunk: readonly string[]) => number {
  const distance = { jensen_shannon: jensenShannon, hellinger, l_infinity: largestShift }[method];
  const known = countsOf(reference);
  return (chunk) => {
    const now = countsOf(chunk);
    const others = [...now.keys()].filter((category) => !known.has(category));
    const news = others.map((category) => now.get(category)!);
    // New categories stand together, but for L∞, which asks for the largest of any.
    const added = method === 'l_infinity' ? news : [news.reduce((sum, count) => sum + count, 0)];
    return distance(
      [...known.values(), ...added.map(() => 0)],
      [...[...known.keys()].map((category) => now.get(category) ?? 0), ...added],
    );
  };
}
