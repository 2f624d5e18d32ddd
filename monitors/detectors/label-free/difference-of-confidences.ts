/**
 * Difference of confidences: what is the accuracy now, if it has fallen by as much as the confidence has?
 *
 *     accuracy now ≈ accuracy then − (mean confidence then − mean confidence now)
 *
 * Simple, and good where the model stays as overconfident as it was. A model that is as sure as ever on rows that it
 * gets wrong (concept drift, or inputs far from any that it has seen) is not seen. The band is chance alone.
 *
 * Source: D. Guillory et al., "Predicting with confidence on unseen distributions", ICCV 2021.
 */
import { about } from './estimator.ts';
import { banded, checkRows, confidenceOf, meanOf, sourceOf, varianceOfMean } from './confidence.ts';
import type { Estimated, Probabilities } from './confidence.ts';

export const differenceOfConfidencesAbout = about({
  name: 'difference-of-confidences',
  answers: 'What is the accuracy now, if it has fallen by as much as the confidence has?',
  needs: 'probabilities and labels of a reference; probabilities of now',
  check: 'accuracy and confidence of the reference: how far they are apart is what has to stay',
  band: '95 of a hundred, of chance in the reference and in the rows now',
  notTrusted:
    'where the model has become wrong and stayed as sure (concept drift), and far from any row of the reference',
  source: 'D. Guillory et al., "Predicting with confidence on unseen distributions", ICCV 2021',
});

/** Accuracy and mean confidence of the reference, and the variance of their difference. */
export type DifferenceOfConfidences = Readonly<{ accuracy: number; confidence: number; variance: number }>;

export function fitDifferenceOfConfidences(reference: {
  probabilities: Probabilities;
  truth: readonly number[];
}): DifferenceOfConfidences {
  const { confidences, right } = sourceOf('difference-of-confidences', reference);
  return {
    accuracy: meanOf(right),
    confidence: meanOf(confidences),
    variance: varianceOfMean(right.map((isRight, i) => isRight - confidences[i]!)),
  };
}

export function estimateDifferenceOfConfidences(
  { accuracy, confidence, variance }: DifferenceOfConfidences,
  rows: Probabilities,
): Estimated {
  checkRows('difference-of-confidences', rows);
  const confidences = rows.map(confidenceOf.max);
  return banded(accuracy - (confidence - meanOf(confidences)), varianceOfMean(confidences), variance);
}
