/** What no training row of a version was like, value by value: see detectors/quality/ for how much of it is by chance. */
import type { FeatureValue } from '../domain/input.ts';
import type { FeatureReference } from '../domain/reference-shares.ts';

/** A word that no training row had, whether the config declares it or not. */
export const isNewCategory = (reference: FeatureReference, value: FeatureValue | undefined): boolean =>
  reference.kind === 'category' &&
  value !== null &&
  value !== undefined &&
  !((reference.shares[String(value)] ?? 0) > 0);

/** A number below the smallest or above the largest of the training rows. */
export const isBeyond = (reference: FeatureReference, value: FeatureValue | undefined): boolean =>
  reference.kind === 'number' &&
  reference.range !== undefined &&
  typeof value === 'number' &&
  (value < reference.range.low || value > reference.range.high);
