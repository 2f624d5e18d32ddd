import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { gpuPrograms } from '../gpu-programs.ts';
import { nativeOps } from '../native-ops.ts';
import { gpuSumsOfSquares } from './sum-squares-gpu.ts';

/** Keeps a gradient of 0 from being divided by 0; PyTorch's. */
const NORM_EPSILON = 1e-6;

/** √Σx² over all numbers of all tensors. Nothing waits for it: it stays a tensor. */
export function globalNorm(tf: Tf, tensors: readonly Tensor[]): Scalar {
  const gpu = gpuPrograms(tf);
  if (gpu) return tf.sqrt(tf.sum(tf.concat(tensors.map((x) => gpuSumsOfSquares(gpu, x)))));
  const native = nativeOps(tf);
  if (native === null) return tf.sqrt(tf.addN(tensors.map((x) => tf.sum(tf.square(x)))));
  const float = [native.type('T', 'float32')];
  return tf.sqrt(tf.mul(tf.addN(tensors.map((x) => native.one('L2Loss', float, [x]))), 2));
}

/** What gradients of this norm are multiplied by, so that it becomes at most `maxNorm`: min(1, c / (‖g‖ + 1e-6)). */
export const clipFactor = (tf: Tf, norm: Scalar, maxNorm: number): Scalar =>
  tf.minimum(tf.div(maxNorm, tf.add(norm, NORM_EPSILON)), 1);
