import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';

/** How much each number of each variable matters, by the variable's name. The caller disposes the tensors. */
export type Importance = Map<string, Tensor>;

type Named = Iterable<readonly [string, Variable]>;

/**
 * The diagonal of the empirical Fisher information: the mean of the squared gradient of each example's own loss, at the
 * label that it has. One backward pass an example: a few hundred examples are enough.
 *
 * @param losses the cross-entropy of one example each
 */
export const empiricalFisher = (tf: Tf, variables: Named, losses: readonly (() => Scalar)[]): Importance =>
  weightedSquares(
    tf,
    variables,
    losses.map((loss) => ({ loss, weight: () => tf.scalar(1 / losses.length) })),
  );

/**
 * The diagonal of the true Fisher information: over the labels that the model itself expects, so that it needs none. One
 * backward pass for each example and label.
 *
 * @param logits [classes] of one example each
 * @param classes how many labels there are
 */
export const trueFisher = (
  tf: Tf,
  variables: Named,
  logits: readonly (() => Tensor1D)[],
  classes: number,
): Importance =>
  weightedSquares(
    tf,
    variables,
    logits.flatMap((of) =>
      Array.from({ length: classes }, (_, label) => ({
        loss: () => crossEntropy(tf, asRow(tf, of()), tf.tensor1d([label], 'int32')),
        weight: () => tf.div<Scalar>(tf.gather(tf.softmax(of()), label), logits.length),
      })),
    ),
  );

const asRow = (tf: Tf, logits: Tensor1D): Tensor2D => tf.expandDims(logits, 0);

/** Σ weight · gradient², term by term, so that the gradients of one are held at a time. */
function weightedSquares(
  tf: Tf,
  named: Named,
  terms: readonly { loss: () => Scalar; weight: () => Scalar }[],
): Importance {
  const all = [...named];
  const variables = all.map(([, variable]) => variable);
  const sums = variables.map((variable) => tf.zerosLike(variable) as Tensor);
  for (const { loss, weight } of terms)
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss, variables);
      const share = weight();
      for (const [i, { name }] of variables.entries()) {
        const before = sums[i]!;
        sums[i] = tf.keep(tf.add(before, tf.mul(tf.square(grads[name]!), share)));
        before.dispose();
      }
    });
  return new Map(all.map(([name], i) => [name, sums[i]!]));
}
