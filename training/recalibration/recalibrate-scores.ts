import type { Output } from '../../domain/task.ts';
import { labelIndices } from '../label-indices.ts';
import { calibrate } from '../temperature.ts';
import { shiftPriors } from './shift-priors.ts';

/** What a classifier answered to rows, and what they turned out to be. */
export type AnsweredRows = Readonly<{ answers: readonly Output[]; labels: readonly string[] }>;

/** Scores are softmax(logits / temperature + shift). */
export type ScoreScale = Readonly<{ temperature: number; shift: readonly number[] }>;

/**
 * The same classifier with the shares of the labels of these rows, from its scores alone: whatever computes them, the
 * logarithm of a score is its logit but for a number that is the same for all labels of a row. Validation rows set the
 * temperature, where there are enough.
 *
 * @param scale what its scores are made with now
 */
export function recalibrateScores(
  model: Parameters<typeof labelIndices>[0],
  scale: ScoreScale,
  { train, validation }: Readonly<Record<'train' | 'validation', AnsweredRows>>,
): { scale: ScoreScale; answersOf: (outputs: readonly Output[]) => string[] } {
  const { labels } = model.task;
  const classes = labels.length;
  const byLabels = logitsOf(train.answers, labels);
  const added = shiftPriors(byLabels, labelIndices(model, train.labels), classes, 1);
  const shifted = (outputs: readonly Output[]) =>
    logitsOf(outputs, labels).map((logit, i) => logit + added[i % classes]!);
  const hotter = calibrate(shifted(validation.answers), labelIndices(model, validation.labels));
  return {
    scale: {
      temperature: scale.temperature * hotter,
      shift: added.map((b, k) => ((scale.shift[k] ?? 0) + b) / hotter),
    },
    answersOf: (outputs) => {
      const logits = shifted(outputs);
      return outputs.map((_, row) => {
        const own = logits.subarray(row * classes, (row + 1) * classes);
        return labels[own.indexOf(Math.max(...own))]!;
      });
    },
  };
}

/** A score of nothing at all is taken for this, so that more rows of a label can still bring it back. */
const LEAST_SCORE = 1e-12;

const logitsOf = (outputs: readonly Output[], labels: readonly string[]): Float64Array =>
  Float64Array.from(
    outputs.flatMap(({ scores }) =>
      labels.map((label) => Math.log(Math.max(scores[label] ?? 0, LEAST_SCORE))),
    ),
  );
