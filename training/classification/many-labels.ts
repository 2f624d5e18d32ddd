import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { binaryItemLosses } from '../losses/binary-cross-entropy.ts';
import { binaryDistillation } from '../losses/distillation.ts';
import { binaryFocalItems } from '../losses/focal.ts';
import { softplus } from '../sigmoid.ts';
import type { Labelling } from './labelling.ts';

/** Indices of the labels that a row has, each once. */
export type LabelSet = readonly number[];

/**
 * Each row has any number of labels: a sigmoid and a binary cross-entropy for each label, as Hugging Face's
 * `multi_label_classification`. The loss is the mean over rows and labels. An answer is right where every label is.
 */
export const manyLabels = (labels: number): Labelling<LabelSet> => ({
  labels,
  startingBias(truths, { classWeights }) {
    if (classWeights === 'balanced') return null;
    const rows = truths.length;
    // As if one row more had each label, and one had not: none begins at certainty.
    return Array.from(yesCounts(Array.from(truths), labels), (yes) => Math.log((yes + 1) / (rows - yes + 1)));
  },
  objective({ epoch, all, distilled }, { labelSmoothing, classWeights, focalGamma }) {
    const weights =
      classWeights === 'balanced'
        ? { positiveWeights: balanced(yesCounts(epoch, labels), epoch.length) }
        : {};
    // Of a label that no row has, rows teach never to say it: where the base knows it, its answers teach alone.
    const asked = Array.from(yesCounts(all, labels), (count, label) =>
      count === 0 && distilled.includes(label) ? 0 : 1,
    );
    return {
      loss(tf, logits, some) {
        const truth = matrixOf(tf, some, labels);
        const losses =
          focalGamma === null
            ? binaryItemLosses(tf, logits, truth, { labelSmoothing, ...weights })
            : binaryFocalItems(tf, logits, truth, { gamma: focalGamma, ...weights });
        return meanOfAsked(tf, losses, asked);
      },
      weight: (some) => some.length,
    };
  },
  distil: (tf, student, teacher) => binaryDistillation(tf, student, teacher),
  surprise: (has, known) => (tf, logits) => {
    const truth = tf.tensor2d([known.map((label) => (has.includes(label) ? 1 : 0))]);
    return tf.sum<Scalar>(binaryItemLosses(tf, logits, truth));
  },
  lossShare: 1 / labels,
  meanLoss(logits, truths) {
    let sum = 0;
    for (let row = 0; row < truths.length; row += 1) {
      const has = new Set(truths[row]);
      for (let label = 0; label < labels; label += 1) {
        const logit = logits[row * labels + label]!;
        sum += softplus(has.has(label) ? -logit : logit);
      }
    }
    return sum / (truths.length * labels);
  },
  shareRight(logits, truths) {
    let right = 0;
    for (let row = 0; row < truths.length; row += 1) {
      const has = new Set(truths[row]);
      let isRight = true;
      for (let label = 0; label < labels && isRight; label += 1)
        isRight = logits[row * labels + label]! > 0 === has.has(label);
      if (isRight) right += 1;
    }
    return right / truths.length;
  },
});

/** How many rows have each label. */
function yesCounts(truths: readonly LabelSet[], labels: number): Int32Array {
  const counts = new Int32Array(labels);
  for (const label of truths.flat()) counts[label]! += 1;
  return counts;
}

/** No rows for each row with the label, so that yes and no weigh the same in all, as PyTorch advises for `pos_weight`. */
const balanced = (counts: Int32Array, rows: number): number[] =>
  Array.from(counts, (yes) => (yes === 0 || yes === rows ? 1 : (rows - yes) / yes));

/** [rows, labels] of 0 and 1. */
function matrixOf(tf: Tf, truths: readonly LabelSet[], labels: number): Tensor2D {
  const values = new Float32Array(truths.length * labels);
  for (const [row, has] of truths.entries()) for (const label of has) values[row * labels + label] = 1;
  return tf.tensor2d(values, [truths.length, labels]);
}

function meanOfAsked(tf: Tf, losses: Tensor, asked: readonly number[]): Scalar {
  const count = asked.reduce((sum, one) => sum + one);
  if (count === asked.length) return tf.mean(losses);
  const masked = tf.mul(losses, tf.tensor1d([...asked]));
  return tf.div(tf.sum<Scalar>(masked), Math.max(1, losses.shape[0] * count));
}
