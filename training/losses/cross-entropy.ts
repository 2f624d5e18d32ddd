import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { itemLosses } from './item-losses.ts';
import type { ItemOptions } from './item-losses.ts';
import { meanOver } from './mean-over.ts';

export type CrossEntropyOptions = ItemOptions & Readonly<{ reduction?: 'mean' | 'sum' }>;

/**
 * Cross-entropy of logits against class indices, as PyTorch's `CrossEntropyLoss`: the mean over what is not ignored,
 * each item by the weight of its class, and divided by the sum of these weights; the smoothed part of a truth is
 * weighted by class too. Where every item is ignored the loss is 0 (PyTorch's is NaN).
 *
 * @param logits [n, classes]
 * @param labels [n] of int32, −100 to be ignored
 */
export function crossEntropy(
  tf: Tf,
  logits: Tensor2D,
  labels: Tensor1D,
  { reduction = 'mean', ...options }: CrossEntropyOptions = {},
): Scalar {
  const { losses, weights } = itemLosses(tf, logits, labels, options);
  return reduction === 'sum' ? tf.sum(losses) : meanOver(tf, losses, weights);
}
