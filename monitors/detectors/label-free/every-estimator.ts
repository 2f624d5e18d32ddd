import { atcAbout } from './atc.ts';
import { averageConfidenceAbout } from './average-confidence.ts';
import { cbpeAbout } from './cbpe.ts';
import { differenceOfConfidencesAbout } from './difference-of-confidences.ts';
import type { Estimator } from './estimator.ts';
import { importanceWeightedAbout } from './importance-weighted.ts';

/** Every estimator of performance without labels, as a reader is told of it. */
export const everyEstimator: readonly Estimator[] = [
  cbpeAbout,
  importanceWeightedAbout,
  atcAbout,
  differenceOfConfidencesAbout,
  averageConfidenceAbout,
];
