import { expect } from 'vitest';
import { estimateAtc, fitAtc } from '../../../../monitors/detectors/label-free/atc.ts';
import { averageConfidence } from '../../../../monitors/detectors/label-free/average-confidence.ts';
import { chunked } from '../../../../monitors/detectors/label-free/answers.ts';
import type { Answers, LabelledAnswers } from '../../../../monitors/detectors/label-free/answers.ts';
import { estimateCbpe, fitCbpe } from '../../../../monitors/detectors/label-free/cbpe.ts';
import type { Cbpe } from '../../../../monitors/detectors/label-free/cbpe.ts';
import type {
  Calibration,
  CalibrationMode,
} from '../../../../monitors/detectors/label-free/calibrate-scores.ts';
import {
  estimateDifferenceOfConfidences,
  fitDifferenceOfConfidences,
} from '../../../../monitors/detectors/label-free/difference-of-confidences.ts';
import type { EstimatedMetric } from '../../../../monitors/detectors/label-free/expected-metrics.ts';
import { fitIsotonic, isotonicAt } from '../../../../statistics/isotonic.ts';
import { checkEvery, expectAllClose, expectClose, notChecked, toleranceOf } from '../vector.ts';
import type { Vector } from '../vector.ts';

type Sources = { source_probs: number[][]; source_labels: number[]; target_probs: number[][] };

export function labelFreeAccuracy(vector: Vector<Sources>): void {
  const { id, input } = vector;
  const reference = { probabilities: input.source_probs, truth: input.source_labels };
  const [threshold, estimate] = [toleranceOf(vector, 'threshold'), toleranceOf(vector, 'estimate')];
  const atc = { max: fitAtc(reference), entropy: fitAtc(reference, 'negative-entropy') };
  const is = (value: number, tolerance: typeof threshold, what: string) => (wanted: number) =>
    expectClose(value, wanted, tolerance, `${id}, ${what}`);
  checkEvery(
    vector.expected,
    {
      source_accuracy: is(atc.max.accuracy, estimate, 'accuracy of the source'),
      atc_maxconf_threshold: is(atc.max.threshold, threshold, 'threshold of the likeliest'),
      atc_maxconf_estimate: is(estimateAtc(atc.max, input.target_probs).estimate, estimate, 'ATC'),
      atc_negentropy_threshold: is(atc.entropy.threshold, threshold, 'threshold of the entropy'),
      atc_negentropy_estimate: is(
        estimateAtc(atc.entropy, input.target_probs).estimate,
        estimate,
        'ATC by entropy',
      ),
      doc_estimate: is(
        estimateDifferenceOfConfidences(fitDifferenceOfConfidences(reference), input.target_probs).estimate,
        estimate,
        'difference of confidences',
      ),
      average_confidence: is(averageConfidence(input.target_probs).estimate, estimate, 'average confidence'),
      // What was to be estimated: it says how good the estimators are, not what they say.
      true_target_accuracy_for_information: notChecked,
    },
    id,
  );
}

type Binary = { score: number[]; y_pred: number[]; y_true?: number[] };
type OfMetric = Record<string, number | (number | boolean)[]>;
type Realized = Partial<Record<EstimatedMetric, number>>;

export function cbpeBinary(vector: Vector<{ reference: Binary; analysis: Binary }>): void {
  const { reference, analysis } = vector.input;
  const rowsOf = ({ score, y_pred }: Binary) => ({ scores: score.map((p) => [p]), predicted: y_pred });
  cbpe(
    vector,
    { ...rowsOf(reference), truth: reference.y_true! },
    rowsOf(analysis),
    vector.id.startsWith('cbpe-binary-nocalibration') ? 'never' : 'auto',
  );
}

export function cbpeMulticlass(
  vector: Vector<{ reference: { probs: number[][]; y: number[] }; analysis: { probs: number[][] } }>,
): void {
  const { reference, analysis } = vector.input;
  const rowsOf = (probs: number[][]) => ({
    scores: probs,
    predicted: probs.map((row) => row.indexOf(Math.max(...row))),
  });
  cbpe(vector, { ...rowsOf(reference.probs), truth: reference.y }, rowsOf(analysis.probs), 'auto');
}

/** Where a file has no tolerance of its own for what is exact by formula. */
const sampling = { rel: 1e-3 };

function cbpe(
  vector: Vector<unknown>,
  reference: LabelledAnswers,
  analysis: Answers,
  mode: CalibrationMode,
): void {
  const fitted = fitCbpe(reference, { chunkSize: vector.params['chunk_size'] as number, calibration: mode });
  const failures: unknown[] = [];
  for (const calibration of asNearDecisionsFall(fitted.calibration, reference)) {
    try {
      return cbpeWith(vector, { ...fitted, calibration }, reference, analysis);
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}

/**
 * The calibration as it was decided first; then, where a decision was near, as it may have been decided elsewhere. Of
 * cbpe-multiclass.json NannyML calibrates one class on a processor with AVX-512 and two on one without.
 */
function asNearDecisionsFall(decided: Calibration, { scores, truth }: LabelledAnswers): Calibration[] {
  const near = decided.checks.flatMap(({ isNear }, k) => (isNear ? [k] : []));
  const width = decided.checks.length;
  return Array.from({ length: 2 ** near.length }, (_, mask) => {
    const isOther = (k: number) => near.includes(k) && (mask >> near.indexOf(k)) % 2 === 1;
    const checks = decided.checks.map((check, k) =>
      isOther(k) ? { ...check, isCalibrated: !check.isCalibrated } : check,
    );
    const curves = checks.map(({ isCalibrated }, k) =>
      isCalibrated
        ? fitIsotonic(
            scores.map((row) => row[k]!),
            truth.map((index) => (index === (width === 1 ? 1 : k) ? 1 : 0)),
          )
        : null,
    );
    return { checks, curves };
  });
}

function cbpeWith(
  vector: Vector<unknown>,
  fitted: Cbpe,
  reference: LabelledAnswers,
  analysis: Answers,
): void {
  const { id, params, tolerance } = vector;
  const chunkSize = params['chunk_size'] as number;
  const estimates = chunked(analysis, chunkSize).map((chunk) => estimateCbpe(fitted, chunk));
  const estimated = toleranceOf(vector, 'estimated');
  const threshold = 'threshold' in tolerance ? toleranceOf(vector, 'threshold') : { abs: 0.01 };
  const chance = 'sampling_error' in tolerance ? toleranceOf(vector, 'sampling_error') : sampling;
  const ofMetric = (metric: EstimatedMetric) => (wanted: OfMetric) => {
    const found = estimates.map((chunk) => chunk[metric]);
    const limits = found[0]!.threshold!;
    // The band is the estimate and three sampling errors, each with its tolerance.
    const band = { abs: (estimated.abs ?? 0) + 3 * (chance.rel ?? 0) * found[0]!.samplingError };
    const all = (values: number[], name: string, within = estimated) => [
      name,
      (expected: number[]) => expectAllClose(values, expected, within, `${id}, ${name} of ${metric}`),
    ];
    const one = (value: number, name: string) => [
      name,
      (expected: number) => expectClose(value, expected, threshold, `${id}, ${name} of ${metric}`),
    ];
    checkEvery(
      wanted,
      Object.fromEntries([
        all(
          found.map(({ estimate }) => estimate),
          'estimated',
        ),
        all(
          found.map(({ samplingError }) => samplingError),
          'sampling_error',
          chance,
        ),
        all(
          found.map(({ low }) => low),
          'lower_conf',
          band,
        ),
        all(
          found.map(({ high }) => high),
          'upper_conf',
          band,
        ),
        one(limits.low, 'lower_threshold'),
        one(limits.high, 'upper_threshold'),
        all(
          chunked(reference, chunkSize).map((chunk) => estimateCbpe(fitted, chunk)[metric].estimate),
          'reference_chunk_estimates',
        ),
        [
          'alert',
          (alerts: boolean[]) => {
            for (const [i, isAlert] of alerts.entries()) {
              const { estimate, finding } = found[i]!;
              const nearest = Math.min(Math.abs(estimate - limits.low), Math.abs(estimate - limits.high));
              // "exact unless within 0.002 of threshold"
              if (nearest > 0.002)
                expect(finding === 'detected', `${id}, alert ${i} of ${metric}`).toBe(isAlert);
            }
          },
        ],
      ]),
      `${id}, ${metric}`,
    );
  };
  const realized = (vector.expected as { realized_for_information?: Realized[] }).realized_for_information;
  checkEvery(
    vector.expected,
    {
      needs_calibration: (needs: boolean) =>
        expect(
          fitted.calibration.checks.some(({ isCalibrated }) => isCalibrated),
          `${id}, needs calibration`,
        ).toBe(needs),
      metrics: (metrics: Record<string, OfMetric>) =>
        checkEvery(
          metrics,
          Object.fromEntries(
            Object.keys(fitted.metrics).map((name) => [name, ofMetric(name as EstimatedMetric)]),
          ),
          id,
        ),
      realized_for_information: (chunks: Realized[]) => expect(chunks).toHaveLength(estimates.length),
      realized_accuracy: (chunks: number[]) => expect(chunks).toHaveLength(estimates.length),
      /** Estimates are to be as good as theirs: at most a twentieth farther from what turned out. */
      mae_vs_realized(theirs: Realized) {
        for (const [metric, error] of Object.entries(theirs) as [EstimatedMetric, number][]) {
          const away = realized!.map((chunk, i) => Math.abs(estimates[i]![metric].estimate - chunk[metric]!));
          const ours = away.reduce((sum, gap) => sum + gap, 0) / away.length;
          expect(ours, `${id}, mean error of ${metric}`).toBeLessThanOrEqual(1.05 * error);
        }
      },
      calibrator_grid_x: (xs: number[]) => expect(xs.length).toBeGreaterThan(1),
      calibrator_grid_y(ys: number[]) {
        const xs = (vector.expected as { calibrator_grid_x: number[] }).calibrator_grid_x;
        const curve = fitted.calibration.curves[0]!;
        expectAllClose(
          xs.map((x) => isotonicAt(curve, x)),
          ys,
          { abs: 1e-9 },
          `${id}, curve`,
        );
      },
    },
    id,
  );
}
