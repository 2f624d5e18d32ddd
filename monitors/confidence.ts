/**
 * How good are the answers of a version, from how sure it is of each alone? Both are means over rows, so that they can be
 * counted row by row:
 *
 *     ATC                         accuracy ≈ mean of 1[score ≥ t] + what scores that are alike leave over
 *                                                     (detectors/label-free/atc.ts)
 *     difference of confidences   accuracy ≈ mean of score + (accuracy then − score then)
 *                                                     (detectors/label-free/difference-of-confidences.ts)
 *
 * The score is that of the label that was answered, which for a classifier is its largest. Both are blind to concept
 * drift, as every estimate without labels is: each label that comes is held against what they said of its row.
 */
import type { ConfidenceEstimators, ConfidenceMethod } from '../domain/performance-estimator.ts';
import { momentsOf } from '../statistics/welch.ts';
import { sureFrom } from './detectors/label-free/atc.ts';

/** The score of an answer, and whether it was right (1) or not (0). */
type SureAnswer = Readonly<{ score: number; right: 0 | 1 }>;

/** That of a coin: no difference of a share has more, and one row has none of its own. */
const UNKNOWN_VARIANCE = 0.25;

/** @param rows at least one */
export function fitConfidence(rows: readonly SureAnswer[]): ConfidenceEstimators {
  const threshold = sureFrom(
    rows.map(({ score }) => score),
    rows.map(({ right }) => right),
  );
  const beside = (said: (score: number) => number) => {
    const { mean, variance } = momentsOf(rows.map(({ score, right }) => right - said(score)));
    return { mean, variance: Number.isFinite(variance) ? variance : UNKNOWN_VARIANCE };
  };
  const sure = beside((score) => (score >= threshold ? 1 : 0));
  const confident = beside((score) => score);
  return {
    sureFrom: threshold,
    methods: {
      // Nearly nothing, but where many scores are the same and no threshold lies between them.
      atc: { offset: sure.mean, spread: sure.variance },
      'difference-of-confidences': { offset: confident.mean, spread: confident.variance },
    },
  };
}

/** What each method says of an answer, before its offset. */
export const confidentOf = (
  { sureFrom: threshold }: Pick<ConfidenceEstimators, 'sureFrom'>,
  score: number,
): Record<ConfidenceMethod, number> => ({
  atc: score >= threshold ? 1 : 0,
  'difference-of-confidences': score,
});
