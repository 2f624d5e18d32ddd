import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';

/** The smallest normal number of float32. */
const SMALLEST = 2 ** -126;

/**
 * Σ losses / Σ weights, and 0 where nothing has a weight. (tf.divNoNan cannot be differentiated: it asks for the gradient
 * of a comparison.)
 */
export const meanOver = (tf: Tf, losses: Tensor, weights: Tensor): Scalar =>
  tf.div(tf.sum(losses), tf.maximum(tf.sum(weights), SMALLEST));
