import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';

export type BinaryOptions = Readonly<{
  /** How much more than a "no" each label's "yes" counts, as PyTorch's `pos_weight`. */
  positiveWeights?: readonly number[];
  /** Share of the truth of each label that is spread over yes and no, 0 to below 1, as Keras' `BinaryCrossentropy`. */
  labelSmoothing?: number;
}>;

/**
 * Cross-entropy where each item may have any number of labels, as PyTorch's `BCEWithLogitsLoss`: the mean over all
 * logits.
 *
 * @param logits [n, labels]
 * @param truth [n, labels] of 0 to 1
 */
export const binaryCrossEntropy = (
  tf: Tf,
  logits: Tensor,
  truth: Tensor,
  options: BinaryOptions = {},
): Scalar => tf.mean(binaryItemLosses(tf, logits, truth, options));

/**
 * w · y · softplus(−z) + (1 − y) · softplus(z): never the difference of two large numbers. Of the shape of its logits.
 * Smoothed, y becomes (1 − ε) · y + ε / 2.
 */
export function binaryItemLosses(
  tf: Tf,
  logits: Tensor,
  truth: Tensor,
  { positiveWeights, labelSmoothing = 0 }: BinaryOptions = {},
): Tensor {
  const y = labelSmoothing === 0 ? truth : tf.add(tf.mul(truth, 1 - labelSmoothing), labelSmoothing / 2);
  const yes = positiveWeights ? tf.mul(y, tf.tensor1d([...positiveWeights])) : y;
  const no = tf.sub(1, y);
  return withGradient(
    tf,
    [logits],
    (save) => {
      save([logits, yes, no]);
      return tf.add(tf.mul(yes, tf.softplus(tf.neg(logits))), tf.mul(no, tf.softplus(logits)));
    },
    (dy, [z, kept, keptNo]) => {
      const up = tf.mul(keptNo!, tf.sigmoid(z!));
      const down = tf.mul(kept!, tf.sigmoid(tf.neg(z!)));
      return [tf.mul(dy, tf.sub(up, down))];
    },
  );
}
