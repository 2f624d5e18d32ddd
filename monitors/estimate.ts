/**
 * How good are the answers of a version that nobody has labelled yet? CBPE (see detectors/label-free/cbpe.ts), so that
 * Prometheus can decide: each prediction adds its calibrated probabilities to the expected confusion matrix,
 *
 *     expected (label, predicted) += p(label)
 *
 * and accuracy, precision, recall and F1 of any window follow from the sums, as they do from the outcomes themselves.
 *
 * Two more look only at how sure each answer is (monitors/confidence.ts), so that estimates which agree can be told from
 * ones that do not.
 *
 * It follows a change of the inputs. It is blind to a change of what they mean (concept drift): so each label that comes
 * is held against what was expected of its row, and where both differ by more than chance the estimate is not trusted.
 */
import type { Answers, LabelledAnswers } from './detectors/label-free/answers.ts';
import { columnsOf } from './detectors/label-free/answers.ts';
import { calibrate } from './detectors/label-free/calibrate-scores.ts';
import { fitCbpe } from './detectors/label-free/cbpe.ts';
import { samplingError } from './detectors/label-free/expected-metrics.ts';
import type { EstimatedMetric } from './detectors/label-free/expected-metrics.ts';
import { confidentOf, fitConfidence } from './confidence.ts';
import type { Estimate } from '../domain/ingest-ports.ts';
import type { EstimatedQuality, PerformanceEstimator } from '../domain/performance-estimator.ts';

/** A version is calibrated on so many of its own labelled rows: with fewer the curve is noise, with more it comes late. */
export const CALIBRATION_ROWS = 500;

/** What a version answered to one row, as it was stored. */
export type ScoredAnswer = Readonly<{ scores: Readonly<Record<string, number>>; predicted: string }>;
export type KnownAnswer = ScoredAnswer & Readonly<{ label: string }>;

const named: Readonly<Record<EstimatedQuality, EstimatedMetric>> = {
  accuracy: 'accuracy',
  macroPrecision: 'precision',
  macroRecall: 'recall',
  macroF1: 'f1',
};

/** The scores in the order of the labels; null where one is missing or is no share. */
function scoresOf(labels: readonly string[], { scores, predicted }: ScoredAnswer): number[] | null {
  const row = labels.map((label) => scores[label] ?? NaN);
  return labels.includes(predicted) && row.every((score) => score >= 0 && score <= 1) ? row : null;
}

/** Learns from rows whose labels are known; null where fewer than `least` of them have usable scores. */
export function fitEstimator(
  labels: readonly string[],
  rows: readonly KnownAnswer[],
  least = CALIBRATION_ROWS,
): PerformanceEstimator | null {
  const usable = rows.flatMap((row) => {
    const scores = scoresOf(labels, row);
    const truth = labels.indexOf(row.label);
    return scores === null || truth === -1
      ? []
      : [{ scores, predicted: labels.indexOf(row.predicted), truth }];
  });
  if (usable.length < Math.max(1, least)) return null;
  const reference: LabelledAnswers = {
    scores: usable.map(({ scores }) => scores),
    predicted: usable.map(({ predicted }) => predicted),
    truth: usable.map(({ truth }) => truth),
  };
  const { calibration, metrics } = fitCbpe(reference, { chunkSize: usable.length });
  const spread = (metric: EstimatedMetric) => {
    const variance = samplingError(metric, metrics[metric].spreads, 1) ** 2;
    return Number.isFinite(variance) ? variance : null;
  };
  return {
    rows: usable.length,
    curves: calibration.curves,
    spreads: Object.fromEntries(
      Object.entries(named).map(([quality, metric]) => [quality, spread(metric)]),
    ) as PerformanceEstimator['spreads'],
    confidence: fitConfidence(
      usable.map(({ scores, predicted, truth }) => ({
        score: scores[predicted]!,
        right: predicted === truth ? 1 : 0,
      })),
    ),
  };
}

/** What is expected of an answer; null where its scores cannot be used. */
export function estimateOf(
  labels: readonly string[],
  { curves, confidence }: Pick<PerformanceEstimator, 'curves' | 'confidence'>,
  answer: ScoredAnswer,
): Estimate | null {
  const scores = scoresOf(labels, answer);
  if (scores === null || curves.length !== labels.length) return null;
  const predicted = labels.indexOf(answer.predicted);
  const row: Answers = { scores: [scores], predicted: [predicted] };
  const probabilities = calibrate(columnsOf('cbpe', row), { curves }).map(([p]) => p!);
  const confident = confidence === undefined ? null : confidentOf(confidence, scores[predicted]!);
  return { probabilities, right: probabilities[predicted]!, confident };
}
