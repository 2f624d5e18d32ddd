import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import { binaryItemLosses } from './binary-cross-entropy.ts';
import { itemLosses } from './item-losses.ts';
import { meanOver } from './mean-over.ts';

/**
 * Focal loss, for labels of which some are rare: cross-entropy × (1 − p)^γ, so that what is already right counts little.
 * The mean over all items that are not ignored, whatever their class weights. γ = 0 is cross-entropy.
 *
 * Source: T.-Y. Lin et al., "Focal loss for dense object detection" (2017).
 *
 * @param logits [n, classes]
 * @param labels [n] of int32, −100 to be ignored
 * @param options γ, and α a class
 */
export function focal(
  tf: Tf,
  logits: Tensor2D,
  labels: Tensor1D,
  { gamma = 2, alpha }: { gamma?: number; alpha?: readonly number[] } = {},
): Scalar {
  // Unweighted: an item that is ignored has the loss 0, and stays 0.
  const { losses, weights } = itemLosses(tf, logits, labels);
  const dimmed = dim(tf, losses, gamma);
  if (alpha === undefined) return meanOver(tf, dimmed, weights);
  const classes = tf.mul<Tensor1D>(labels, tf.cast(weights, 'int32'));
  const byClass = tf.gatherND(tf.tensor1d([...alpha]), tf.expandDims(classes, 1));
  return meanOver(tf, tf.mul(dimmed, byClass), weights);
}

/**
 * Focal loss where each item may have any number of labels, as torchvision's `sigmoid_focal_loss`: the mean over all
 * logits. α weighs what is true, 1 − α what is not.
 *
 * @param logits [n, labels]
 * @param truth [n, labels] of 0 and 1
 */
export function binaryFocal(
  tf: Tf,
  logits: Tensor,
  truth: Tensor,
  { gamma = 2, alpha }: { gamma?: number; alpha?: number } = {},
): Scalar {
  const losses = binaryFocalItems(tf, logits, truth, { gamma });
  if (alpha === undefined) return tf.mean(losses);
  const weights = tf.add(tf.mul(truth, 2 * alpha - 1), 1 - alpha);
  return tf.mean(tf.mul(losses, weights));
}

/** The same of each logit, where a label's yes may count more than its no, as in `binaryItemLosses`. */
export function binaryFocalItems(
  tf: Tf,
  logits: Tensor,
  truth: Tensor,
  { gamma, positiveWeights }: { gamma: number; positiveWeights?: readonly number[] },
): Tensor {
  const dimmed = dim(tf, binaryItemLosses(tf, logits, truth), gamma);
  if (positiveWeights === undefined) return dimmed;
  const more = tf.mul(truth, tf.sub(tf.tensor1d([...positiveWeights]), 1));
  return tf.mul(dimmed, tf.add(more, 1));
}

/**
 * (1 − p)^γ · loss, where p = e^−loss is the probability of what is true.
 * Its derivative by the loss: (1 − p)^γ · (1 + γ · p · loss / (1 − p)).
 */
const dim = <T extends Tensor>(tf: Tf, losses: T, gamma: number): T =>
  withGradient<T>(
    tf,
    [losses],
    (save) => {
      save([losses]);
      return tf.mul(tf.pow(wrong(tf, losses), gamma), losses);
    },
    (dy, [kept]) => {
      const q = wrong(tf, kept!);
      // Where nothing is wrong at all the quotient tends to 1, and its factor is 0 unless γ is.
      const inner = tf.mul(tf.mul(tf.exp(tf.neg(kept!)), gamma), tf.divNoNan(kept!, q));
      return [tf.mul(dy, tf.mul(tf.pow(q, gamma), tf.add(inner, 1)))];
    },
  );

/** 1 − e^−loss, exact also where it is small. */
const wrong = (tf: Tf, losses: Tensor): Tensor => tf.neg(tf.expm1(tf.neg(losses)));
