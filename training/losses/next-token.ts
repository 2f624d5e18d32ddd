import type { Scalar, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { CrossEntropyOptions } from './cross-entropy.ts';
import { IGNORED, itemLosses } from './item-losses.ts';

/**
 * Cross-entropy of a causal language model: the logits at each position against the token after it. The mean over all
 * tokens of the batch that are not ignored.
 *
 * @param logits [batch, length, vocabulary]
 * @param labels [batch, length] of int32: the tokens themselves, −100 where they are not to be learnt
 */
export const nextTokenLoss = (
  tf: Tf,
  logits: Tensor3D,
  labels: Tensor2D,
  options: CrossEntropyOptions = {},
): Scalar => crossEntropy(tf, flat(tf, logits), nextTokens(tf, labels), options);

/**
 * Log-probability of each sequence [batch]: summed over its tokens that are not ignored, each given what is before it.
 * Shapes as for `nextTokenLoss`.
 */
export function sequenceLogProbabilities(tf: Tf, logits: Tensor3D, labels: Tensor2D): Tensor1D {
  const { losses } = itemLosses(tf, flat(tf, logits), nextTokens(tf, labels));
  return tf.neg(tf.sum<Tensor1D>(tf.reshape(losses, labels.shape), 1));
}

const flat = (tf: Tf, logits: Tensor3D): Tensor2D => tf.reshape(logits, [-1, logits.shape[2]]);

/** The labels move, not the logits, which are larger by the vocabulary: after the last position there is nothing. */
function nextTokens(tf: Tf, labels: Tensor2D): Tensor1D {
  const [batch, length] = labels.shape;
  const next = tf.slice(labels, [0, 1], [batch, length - 1]);
  return tf.reshape(tf.pad(next, [[0, 0], [0, 1]], IGNORED), [-1]); // oxfmt-ignore
}
