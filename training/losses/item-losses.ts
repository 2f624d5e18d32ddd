import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import { gpuPrograms } from '../gpu-programs.ts';
import { nativeOps } from '../native-ops.ts';
import type { NativeOps } from '../native-ops.ts';
import { logSoftmax } from './log-softmax.ts';
import { gpuSparseLosses } from './sparse-gpu.ts';

/** Items with this label count for nothing: padding, or a prompt whose tokens are not to be learnt. As in PyTorch. */
export const IGNORED = -100;

export type ItemOptions = Readonly<{
  /** A weight for each class; none: all count 1. */
  classWeights?: readonly number[];
  /** Share of the truth that is spread over all classes, 0 to below 1. */
  labelSmoothing?: number;
}>;

/**
 * Cross-entropy of each item by itself, in nats, and how much each counts in a mean: its class weight, 0 where ignored.
 * The losses carry that weight already, so Σ losses / Σ weights is the mean of PyTorch's `CrossEntropyLoss`.
 *
 * @param logits [n, classes]
 * @param labels [n] of int32: a class index each, or `IGNORED`
 */
export function itemLosses(
  tf: Tf,
  logits: Tensor2D,
  labels: Tensor1D,
  { classWeights, labelSmoothing = 0 }: ItemOptions = {},
): { losses: Tensor1D; weights: Tensor1D } {
  const counted = tf.notEqual<Tensor1D>(labels, tf.scalar(IGNORED, 'int32'));
  // Any class will do where the weight is 0; an index that is out of range is an error on a CPU, NaN on a GPU.
  const classes = tf.mul<Tensor1D>(labels, tf.cast(counted, 'int32'));
  const perClass = classWeights ? tf.tensor1d([...classWeights]) : null;
  const isCounted = tf.cast<Tensor1D>(counted, 'float32');
  const weights = perClass
    ? tf.mul<Tensor1D>(isCounted, tf.gatherND(perClass, tf.expandDims(classes, 1)))
    : isCounted;
  const losses =
    (labelSmoothing === 0 ? sparse(tf, logits, classes, weights) : null) ??
    dense(tf, logits, targets(tf, logits, classes, isCounted, perClass, labelSmoothing));
  return { losses, weights };
}

/** Without a [n, classes] of truths; null where the backend has no operation for it. */
function sparse(tf: Tf, logits: Tensor2D, classes: Tensor1D, weights: Tensor1D): Tensor1D | null {
  const native = nativeOps(tf);
  if (native) return nativeSparse(tf, native, logits, classes, weights);
  const gpu = gpuPrograms(tf);
  return gpu && gpuSparseLosses(tf, gpu, logits, classes, weights);
}

/** TensorFlow gives the gradient together with the loss. */
function nativeSparse(
  tf: Tf,
  native: NativeOps,
  logits: Tensor2D,
  classes: Tensor1D,
  weights: Tensor1D,
): Tensor1D {
  return withGradient<Tensor1D>(
    tf,
    [logits],
    (save) => {
      const [loss, gradient] = native.many(
        'SparseSoftmaxCrossEntropyWithLogits',
        [native.type('T', 'float32'), native.type('Tlabels', 'int32')],
        [logits, classes],
        2,
      );
      save([gradient!, weights]);
      return tf.mul(loss!, weights);
    },
    (dy, [gradient, kept]) => [tf.mul(gradient!, tf.expandDims(tf.mul(dy, kept!), 1))],
  );
}

/** −Σ truth · log softmax; its gradient is softmax · Σ truth − truth. */
function dense(tf: Tf, logits: Tensor2D, truth: Tensor2D): Tensor1D {
  return withGradient<Tensor1D>(
    tf,
    [logits],
    (save) => {
      const logs = logSoftmax(tf, logits);
      save([logs, truth]);
      return tf.neg(tf.sum(tf.mul(truth, logs), 1));
    },
    (dy, [logs, kept]) => {
      const unscaled = tf.sub(tf.mul(tf.exp(logs!), tf.sum(kept!, 1, true)), kept!);
      return [tf.mul(unscaled, tf.expandDims(dy, 1))];
    },
  );
}

/** What each item should be [n, classes]: one-hot, smoothed, by class weight, 0 where ignored. */
function targets(
  tf: Tf,
  logits: Tensor2D,
  classes: Tensor1D,
  isCounted: Tensor,
  perClass: Tensor1D | null,
  smoothing: number,
): Tensor2D {
  const spread = smoothing / logits.shape[1];
  const hot = tf.oneHot(classes, logits.shape[1], 1 - smoothing + spread, spread, 'float32');
  const masked = tf.mul(hot, tf.expandDims(isCounted, 1));
  return (perClass ? tf.mul(masked, perClass) : masked) as Tensor2D;
}
