import { count } from '../../domain/count.ts';
import type { Estimate } from '../../training/evaluate.ts';
import { table } from '../output.ts';
import { keptLine } from './kept-line.ts';
import type { Evaluation, Trained } from './offline-task.ts';

/** Those of the task, by the names that scripts rely on. */
export type TestScores = Partial<
  Record<
    // Of labels, one or any number of them.
    | 'accuracy'
    | 'macroF1'
    | 'precision'
    | 'recall'
    | 'logLoss'
    | 'ece'
    | 'microF1'
    | 'hammingLoss'
    // Of quantities.
    | 'mae'
    | 'rmse'
    | 'r2'
    // Of what writes.
    | 'tokenLoss'
    | 'perplexity'
    | 'exactMatch'
    | 'fuzzyMatch'
    | 'preferenceAccuracy'
    | 'rewardMargin',
    number
  >
>;

/** Scores on a test file. Precision and recall are means over the labels. */
export function testScores(evaluation: Evaluation): TestScores {
  switch (evaluation.kind) {
    case 'labels': {
      const { accuracy, macroF1, macroPrecision, macroRecall, logLoss, ece } = evaluation.metrics;
      return {
        accuracy: accuracy.estimate,
        macroF1: macroF1.estimate,
        precision: macroPrecision.estimate,
        recall: macroRecall.estimate,
        logLoss: logLoss.estimate,
        ece: ece.estimate,
      };
    }
    case 'multi-label': {
      const { metrics } = evaluation;
      return {
        accuracy: metrics.accuracy.estimate,
        macroF1: metrics.macroF1.estimate,
        precision: metrics.macroPrecision.estimate,
        recall: metrics.macroRecall.estimate,
        logLoss: metrics.logLoss.estimate,
        ece: metrics.ece.estimate,
        microF1: metrics.microF1.estimate,
        hammingLoss: metrics.hammingLoss.estimate,
      };
    }
    case 'values': {
      const { mae, rmse, r2 } = evaluation.metrics;
      return { mae: mae.estimate, rmse: rmse.estimate, r2: r2.estimate };
    }
    case 'answers': {
      const { tokenLoss, perplexity, exactMatch, fuzzyMatch } = evaluation.metrics;
      return {
        accuracy: exactMatch.estimate,
        logLoss: tokenLoss.estimate,
        tokenLoss: tokenLoss.estimate,
        perplexity: perplexity.estimate,
        exactMatch: exactMatch.estimate,
        fuzzyMatch: fuzzyMatch.estimate,
      };
    }
    case 'preferences': {
      const { preferenceAccuracy, rewardMargin, tokenLoss } = evaluation.metrics;
      return {
        accuracy: preferenceAccuracy.estimate,
        preferenceAccuracy: preferenceAccuracy.estimate,
        rewardMargin: rewardMargin.estimate,
        tokenLoss: tokenLoss.estimate,
        perplexity: Math.exp(tokenLoss.estimate),
      };
    }
    default:
      return evaluation satisfies never;
  }
}

/** The last line of `driftloop finetune --json`. */
export const metricsLine = (evaluation: Evaluation, trained: Trained) => ({
  ...testScores(evaluation),
  trainSeconds: trained.seconds,
  peakMemoryMb: trained.peakMemoryMb,
  trainableParameters: trained.trainableParameters,
  totalParameters: trained.totalParameters,
  backend: trained.backend,
  ...(trained.kept ? { kept: keptLine(trained.kept) } : {}),
});

/** The same for a person: with intervals, beside what no model at all would reach. */
export function sayScores(evaluation: Evaluation): string {
  const head = (without: string) => [`ON ${count(evaluation.rows)} TEST ROWS`, 'VALUE', '95 % SURE', without];
  switch (evaluation.kind) {
    case 'labels': {
      const { metrics, baseline } = evaluation;
      return table([
        head(`ALWAYS "${baseline.label}"`),
        line('accuracy', metrics.accuracy, baseline.accuracy),
        line('macro F1', metrics.macroF1),
        line('macro precision', metrics.macroPrecision),
        line('macro recall', metrics.macroRecall),
        line('log loss', metrics.logLoss, baseline.logLoss),
        line('calibration error', metrics.ece),
      ]);
    }
    case 'multi-label': {
      const { metrics, baseline } = evaluation;
      const always =
        baseline.labels.length === 0 ? 'NEVER ANY LABEL' : `ALWAYS "${baseline.labels.join('|')}"`;
      return table([
        head(always),
        line('accuracy (every label of a row right)', metrics.accuracy, baseline.accuracy),
        line('micro F1', metrics.microF1, baseline.microF1),
        line('micro precision', metrics.microPrecision),
        line('micro recall', metrics.microRecall),
        line('macro F1', metrics.macroF1),
        line('macro precision', metrics.macroPrecision),
        line('macro recall', metrics.macroRecall),
        line('labels that are wrong (Hamming loss)', metrics.hammingLoss),
        line('log loss', metrics.logLoss, baseline.logLoss),
        line('calibration error', metrics.ece),
      ]);
    }
    case 'values': {
      const { metrics, baseline } = evaluation;
      return table([
        head(`ALWAYS ${figure(baseline.value)}`),
        line('off by, on average (MAE)', metrics.mae, baseline.mae),
        line('RMSE', metrics.rmse, baseline.rmse),
        line('R²', metrics.r2, 0),
      ]);
    }
    case 'answers': {
      const { metrics, baseline, answered } = evaluation;
      return table([
        head('THE BASE'),
        line('token loss', metrics.tokenLoss, baseline?.tokenLoss),
        line('perplexity', metrics.perplexity, baseline?.perplexity),
        line(`exact match (${count(answered)} answered)`, metrics.exactMatch),
        line('fuzzy match (chrF)', metrics.fuzzyMatch),
      ]);
    }
    case 'preferences': {
      const { metrics, baseline } = evaluation;
      return table([
        head('THE BASE'),
        line('pairs with the right one rewarded more', metrics.preferenceAccuracy),
        line('reward margin', metrics.rewardMargin, 0),
        line('token loss of the chosen answers', metrics.tokenLoss, baseline.tokenLoss),
      ]);
    }
    default:
      return evaluation satisfies never;
  }
}

const line = (name: string, { estimate, low, high }: Estimate, without?: number) => [
  name,
  figure(estimate),
  `${figure(low)} to ${figure(high)}`,
  without === undefined ? '' : figure(without),
];

/** Three digits after the point, and for large numbers no more than tell anything. */
const figure = (value: number): string =>
  Math.abs(value) < 100 ? value.toFixed(3) : String(Number(value.toPrecision(5)));
