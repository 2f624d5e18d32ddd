import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import { binaryItemLosses } from './binary-cross-entropy.ts';
import { crossEntropy } from './cross-entropy.ts';
import { IGNORED } from './item-losses.ts';
import { logSoftmax } from './log-softmax.ts';
import { meanOver } from './mean-over.ts';

export type DistillationOptions = Readonly<{
  /** Softens both; above 1 it lets a student see what its teacher thinks unlikely too. */
  temperature?: number;
  /** How much the teacher counts against the labels, 0 to 1. */
  alpha?: number;
}>;

/**
 * Learning from a teacher, such as the champion, and from the labels:
 * α · T² · KL(teacher at T ‖ student at T) + (1 − α) · cross-entropy, both as means over what is not ignored.
 * T² keeps the size of the gradient when T changes. The teacher gets no gradient.
 *
 * Source: G. Hinton et al., "Distilling the knowledge in a neural network" (2015).
 *
 * @param student logits [n, classes]
 * @param teacher logits [n, classes]
 * @param labels [n] of int32, −100 to be ignored
 */
export function distillation(
  tf: Tf,
  student: Tensor2D,
  teacher: Tensor2D,
  labels: Tensor1D,
  { temperature = 2, alpha = 0.5 }: DistillationOptions = {},
): Scalar {
  const counted = tf.cast(tf.notEqual(labels, tf.scalar(IGNORED, 'int32')), 'float32');
  const apart = tf.mul(divergences(tf, student, teacher, temperature), counted);
  const mean = meanOver(tf, apart, counted);
  const soft = tf.mul<Scalar>(mean, alpha * temperature ** 2);
  return alpha === 1 ? soft : tf.add(soft, tf.mul(crossEntropy(tf, student, labels), 1 - alpha));
}

/**
 * Learning from a teacher where each item may have any number of labels: T² · KL(teacher at T ‖ student at T) of each
 * label's yes and no, as the mean over all logits. The teacher gets no gradient.
 *
 * @param student logits [n, labels]
 * @param teacher logits [n, labels]
 */
export function binaryDistillation(
  tf: Tf,
  student: Tensor,
  teacher: Tensor,
  { temperature = 2 }: Pick<DistillationOptions, 'temperature'> = {},
): Scalar {
  const theirs = tf.div(teacher, temperature);
  const truth = tf.sigmoid(theirs);
  const apart = tf.sub(
    binaryItemLosses(tf, tf.div(student, temperature), truth),
    binaryItemLosses(tf, theirs, truth),
  );
  return tf.mul(tf.mean(apart), temperature ** 2);
}

/** KL of each row [n]; its gradient is (softmax − truth) / T. */
function divergences(tf: Tf, student: Tensor2D, teacher: Tensor2D, temperature: number): Tensor1D {
  return withGradient<Tensor1D>(
    tf,
    [student],
    (save) => {
      const ours = logSoftmax(tf, tf.div(student, temperature));
      const theirs = logSoftmax(tf, tf.div(teacher, temperature));
      const truth = tf.exp(theirs);
      save([ours, truth]);
      return tf.sum(tf.mul(truth, tf.sub(theirs, ours)), 1);
    },
    (dy, [ours, truth]) => [tf.mul(tf.sub(tf.exp(ours!), truth!), tf.expandDims(tf.div(dy, temperature), 1))],
  );
}
