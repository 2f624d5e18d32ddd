import type { Feature, FeatureValue } from '../domain/input.ts';
import { binOf, binsOf, missingBin, unknownBin, type FeatureReference } from '../domain/reference-shares.ts';

/**
 * The slice that a value belongs to, one of `slicesOf`: a declared word is its own; of anything else the bin of the
 * version's reference, since a number has as many values as rows.
 */
export function sliceOf(
  feature: Feature,
  reference: FeatureReference | null,
  value: FeatureValue | undefined,
): string {
  if (value === null || value === undefined) return missingBin;
  if (feature.kind !== 'category') return reference === null ? unknownBin : binOf(reference, value);
  const word = String(value);
  return feature.values.includes(word) ? word : unknownBin;
}

/** Every slice of a feature, so that each can be exported before it first counts. */
export function slicesOf(feature: Feature, reference: FeatureReference | null): string[] {
  if (feature.kind === 'category') return [...feature.values, missingBin, unknownBin];
  return reference === null ? [missingBin, unknownBin] : binsOf(reference);
}

/** A row of a slice whose label became known, as it is counted. */
export type SliceOutcome = Readonly<{ value: string; label: string; predicted: string }>;

/** A slice outcome as one name of a count, and back: values and labels may have any sign in them. */
export const sliceOutcomeName = ({ value, label, predicted }: SliceOutcome): string =>
  JSON.stringify([value, label, predicted]);
export function readSliceOutcome(name: string): SliceOutcome {
  const [value, label, predicted] = JSON.parse(name) as [string, string, string];
  return { value, label, predicted };
}
