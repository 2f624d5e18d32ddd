/**
 * Average confidence: what is the accuracy now, if the model's probabilities are what they say?
 *
 * The mean probability of the likeliest class. Needs no reference to estimate, and none the less one to be believed:
 * `checkAverageConfidence` says by how much the model was surer than right on rows whose truth is known, and whether that
 * is more than chance. Overconfident models, and concept drift, make it too high. The band is chance alone: that of the
 * rows, and that of their outcomes.
 *
 * Source: D. Hendrycks and K. Gimpel, "A baseline for detecting misclassified and out-of-distribution examples", ICLR
 * 2017.
 */
import { about } from './estimator.ts';
import { banded, checkRows, confidenceOf, meanOf, sourceOf, varianceOfMean } from './confidence.ts';
import type { Estimated, Probabilities } from './confidence.ts';

export const averageConfidenceAbout = about({
  name: 'average-confidence',
  answers: "What is the accuracy now, if the model's probabilities are what they say?",
  needs: 'probabilities of now; to check it, probabilities and labels of a reference',
  check: 'checkAverageConfidence: by how much it was surer than right, and whether that is more than chance',
  band: '95 of a hundred, of chance in the rows and in their outcomes',
  notTrusted:
    'where the model is overconfident, and where the inputs mean something else than they did (concept drift)',
  source: 'D. Hendrycks, K. Gimpel, ICLR 2017',
});

export function averageConfidence(rows: Probabilities): Estimated {
  checkRows('average-confidence', rows);
  const confidences = rows.map(confidenceOf.max);
  const ofOutcomes = confidences.reduce((sum, p) => sum + p * (1 - p), 0) / rows.length ** 2;
  return banded(meanOf(confidences), varianceOfMean(confidences), ofOutcomes);
}

/** How sure is more than chance: two sides of one in a thousand. */
const SURPRISING = 3.29;

/** By how much the model is surer than right, on rows whose truth is known. */
export function checkAverageConfidence(reference: {
  probabilities: Probabilities;
  truth: readonly number[];
}): { overconfidence: number; isCalibrated: boolean } {
  const { confidences, right } = sourceOf('average-confidence', reference);
  const gaps = confidences.map((confidence, i) => confidence - right[i]!);
  const overconfidence = meanOf(gaps);
  return {
    overconfidence,
    isCalibrated: Math.abs(overconfidence) <= SURPRISING * Math.sqrt(varianceOfMean(gaps)),
  };
}
