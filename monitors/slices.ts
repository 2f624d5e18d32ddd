import type { Catalogue, DeclaredSlices } from '../domain/ingest-ports.ts';
import type { Feature, FeatureValue } from '../domain/input.ts';
import { binOf, binsOf, missingBin, unknownBin, type FeatureReference } from '../domain/reference-shares.ts';

/** The features whose values are judged one by one (`gate.slices`), by model. */
export const declaredSlices = ({ models }: Pick<Catalogue, 'models'>): DeclaredSlices =>
  Object.fromEntries(
    Object.entries(models).flatMap(([name, { config }]) =>
      config.gate.slices.length === 0 ? [] : [[name, config.gate.slices]],
    ),
  );

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
