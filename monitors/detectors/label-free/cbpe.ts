/**
 * CBPE, confidence-based performance estimation: what are accuracy, precision, recall, F1, specificity and AUC now,
 * before any label has come?
 *
 * If a score is the probability that the row is of the class, then of the rows answered "yes" Σ p are right:
 *
 *     TP = Σ p (said yes),  FP = Σ 1 − p (said yes),  FN = Σ p (said no),  TN = Σ 1 − p (said no)
 *
 * and every metric follows from those; AUC from the expected rates along the scores. Scores are calibrated on the
 * reference where that helps. The band is three standard errors of that many rows; the thresholds are the mean ± three
 * deviations of the metric over chunks of the reference, as it turned out there.
 *
 * It follows a change of the inputs, as far as the calibration holds there. It is blind to a change of what the inputs
 * mean (concept drift): the model stays as sure, and the estimate as high, while it is wrong. So it never replaces
 * labels; it tells what to expect until they come.
 *
 * Source: NannyML, "Estimation of performance: CBPE" (J. Białek et al., arXiv 2401.08348). Agrees with nannyml.CBPE.
 */
import { about } from './estimator.ts';
import type { FindingLevel } from '../../../domain/finding.ts';
import { chunked, columnsOf } from './answers.ts';
import type { Answers, LabelledAnswers } from './answers.ts';
import { calibrate, fitCalibration } from './calibrate-scores.ts';
import type { Calibration, CalibrationMode } from './calibrate-scores.ts';
import {
  estimatedMetrics,
  expectedMetric,
  realizedMetric,
  samplingError,
  spreadsOf,
} from './expected-metrics.ts';
import type { EstimatedMetric, Spread } from './expected-metrics.ts';

/** What CBPE learnt from the reference; plain, so that JSON keeps it. */
export type Cbpe = Readonly<{
  calibration: Calibration;
  metrics: Readonly<Record<EstimatedMetric, { spreads: readonly Spread[]; threshold: Threshold | null }>>;
}>;

type Threshold = Readonly<{ low: number; high: number }>;

export const cbpeAbout = about({
  name: 'cbpe',
  answers: 'What are accuracy, precision, recall, F1, specificity and AUC now, before any label has come?',
  needs: 'scores, answers and labels of a reference; scores and answers of now',
  check: 'calibration.checks: the calibration error of each class on rows not seen, before and after',
  band: 'three standard errors of that many rows',
  notTrusted:
    'where the inputs mean something else than they did (concept drift), and where the shift moves rows between equal scores: importance weighting sees that',
  source: 'NannyML, arXiv 2401.08348; as nannyml.CBPE',
});

export type Estimate = Readonly<{
  estimate: number;
  /** One standard deviation of chance. */
  samplingError: number;
  /** Three of them either way, within 0 to 1. */
  low: number;
  high: number;
  threshold: Threshold | null;
  /** `detected` beyond the thresholds, `unknown` where there is nothing to estimate from. */
  finding: FindingLevel;
}>;

const DEVIATIONS = 3;

/** @param chunkSize rows of a chunk of the reference, whose metrics make the thresholds */
export function fitCbpe(
  reference: LabelledAnswers,
  { chunkSize, calibration = 'auto' }: { chunkSize: number; calibration?: CalibrationMode },
): Cbpe {
  const columns = columnsOf('cbpe', reference);
  const chunks = chunked(reference, chunkSize).map((chunk) => columnsOf('cbpe', chunk));
  const learnt = estimatedMetrics.map((metric) => [
    metric,
    {
      spreads: spreadsOf(metric, columns),
      threshold: thresholdOf(
        chunks.map((chunk) => realizedMetric(metric, chunk)).filter((value) => value !== null),
      ),
    },
  ]);
  return {
    calibration: fitCalibration(columns, calibration),
    metrics: Object.fromEntries(learnt) as Cbpe['metrics'],
  };
}

/** Every metric of rows without labels. */
export function estimateCbpe(
  { calibration, metrics }: Cbpe,
  answers: Answers,
): Record<EstimatedMetric, Estimate> {
  const columns = columnsOf('cbpe', answers);
  const probabilities = calibrate(columns, calibration);
  return Object.fromEntries(
    estimatedMetrics.map((metric) => {
      const { spreads, threshold } = metrics[metric];
      const estimate = expectedMetric(metric, columns, probabilities);
      return [metric, withBand(estimate, samplingError(metric, spreads, answers.scores.length), threshold)];
    }),
  ) as Record<EstimatedMetric, Estimate>;
}

export function withBand(estimate: number, error: number, threshold: Threshold | null): Estimate {
  const isBeyond = threshold !== null && (estimate < threshold.low || estimate > threshold.high);
  return {
    estimate,
    samplingError: error,
    low: Math.max(0, estimate - DEVIATIONS * error),
    high: Math.min(1, estimate + DEVIATIONS * error),
    threshold,
    finding: Number.isNaN(estimate) ? 'unknown' : isBeyond ? 'detected' : 'steady',
  };
}

function thresholdOf(values: readonly number[]): Threshold | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return {
    low: Math.max(0, mean - DEVIATIONS * deviation),
    high: Math.min(1, mean + DEVIATIONS * deviation),
  };
}
