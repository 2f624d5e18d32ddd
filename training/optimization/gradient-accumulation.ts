import type { NamedTensorMap, Scalar, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';

/** A part of a batch that fits into memory by itself. */
export type MicroBatch = Readonly<{
  /** How much its mean stands for: how many rows or tokens it counts, or the sum of their class weights. */
  weight: number;
  /** The mean over the part. */
  loss: () => Scalar;
}>;

type Sum = { loss: Scalar; gradients: NamedTensorMap };

/**
 * Loss and gradients of a batch that is computed part by part: those of the whole batch at once, since each part weighs
 * what it counts. (The mean of the means would not be: parts have different numbers of tokens.) One gradient of every
 * variable is held at a time, beside one part's activations.
 *
 * @returns tensors that belong to the caller, named as `tf.variableGrads` does
 */
export function accumulatedGradients(tf: Tf, variables: Variable[], parts: readonly MicroBatch[]): Sum {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  return tf.tidy(() => {
    let sum: Sum | null = null;
    for (const { weight, loss } of parts) {
      const share = total === 0 ? 0 : weight / total;
      const { value, grads } = tf.variableGrads(() => tf.mul<Scalar>(loss(), share), variables);
      sum = sum === null ? { loss: value, gradients: grads } : added(tf, sum, value, grads);
    }
    if (sum === null) throw new Error('A batch of no parts has no gradient.');
    return sum;
  });
}

/** What went into a sum is freed at once: all parts together may not fit. */
function added(tf: Tf, sum: Sum, value: Scalar, grads: NamedTensorMap): Sum {
  const gradients: NamedTensorMap = {};
  for (const [name, gradient] of Object.entries(grads)) {
    gradients[name] = tf.add(sum.gradients[name]!, gradient);
    tf.dispose([sum.gradients[name]!, gradient]);
  }
  return { loss: tf.add(sum.loss, value), gradients };
}
