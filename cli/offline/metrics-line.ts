import type { Estimate } from '../../training/evaluate.ts';
import type { VersionReport } from '../../training/evaluate-version.ts';
import { table } from '../output.ts';
import type { Trained } from './offline-task.ts';

/** Scores on a test file under the names that scripts rely on. Precision and recall are means over the labels. */
export const testScores = ({ metrics }: VersionReport) => ({
  accuracy: metrics.accuracy.estimate,
  macroF1: metrics.macroF1.estimate,
  precision: metrics.macroPrecision.estimate,
  recall: metrics.macroRecall.estimate,
  logLoss: metrics.logLoss.estimate,
  ece: metrics.ece.estimate,
});

/** The last line of `driftloop finetune --json`. */
export const metricsLine = (evaluation: VersionReport, trained: Trained) => ({
  ...testScores(evaluation),
  trainSeconds: trained.seconds,
  peakMemoryMb: trained.peakMemoryMb,
  trainableParameters: trained.trainableParameters,
  totalParameters: trained.totalParameters,
  backend: trained.backend,
});

/** The same for a person: with intervals, beside what no model at all would reach. */
export function sayScores({ rows, metrics, baseline }: VersionReport): string {
  const line = (name: string, { estimate, low, high }: Estimate, without = '') => [
    name,
    estimate.toFixed(3),
    `${low.toFixed(3)} to ${high.toFixed(3)}`,
    without,
  ];
  return table([
    [`ON ${rows.toLocaleString('en-US')} TEST ROWS`, 'VALUE', '95 % SURE', `ALWAYS "${baseline.label}"`],
    line('accuracy', metrics.accuracy, baseline.accuracy.toFixed(3)),
    line('macro F1', metrics.macroF1),
    line('macro precision', metrics.macroPrecision),
    line('macro recall', metrics.macroRecall),
    line('log loss', metrics.logLoss, baseline.logLoss.toFixed(3)),
    line('calibration error', metrics.ece),
  ]);
}
