import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { WeightLayout } from '../models/linear.ts';
import type { PackedMatrix, Stretch } from '../quantisation/packed-matrix.ts';
import type { LoraModule } from './lora.ts';

/**
 * A packed matrix with what an adapter has learnt in it: W + scale·B·A, of which there are floats only where and while it is
 * used. Frees what it is made of when it is freed.
 */
export const adaptedMatrix = (
  tf: Tf,
  matrix: PackedMatrix,
  { a, b, scale }: { a: Tensor2D; b: Tensor2D; scale: number },
  layout: WeightLayout,
): PackedMatrix => ({
  ...matrix,
  bytes: matrix.bytes + 4 * (a.size + b.size),
  open() {
    const read = matrix.open();
    return (rows) => tf.tidy(() => tf.add(read(rows), tf.mul(change(tf, a, b, rows, layout), scale)));
  },
  dispose() {
    matrix.dispose();
    tf.dispose([a, b]);
  },
});

/** Some rows of B·A, or of its transpose where the matrix is kept [inputs, outputs]. */
function change(tf: Tf, a: Tensor2D, b: Tensor2D, { from, to }: Stretch, layout: WeightLayout): Tensor2D {
  if (layout === 'out-in') return tf.matMul(tf.slice(b, [from, 0], [to - from, -1]), a);
  return tf.matMul(tf.slice(a, [0, from], [-1, to - from]), b, true, true);
}

/** The thin matrices themselves, which stay when the adapter is freed. */
export const keptPair = (tf: Tf, { a, b, scale }: LoraModule) => ({
  a: tf.keep(tf.clone(a)) as Tensor2D,
  b: tf.keep(tf.clone(b)) as Tensor2D,
  scale,
});
