import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import type { Linear, WeightLayout } from '../models/linear.ts';
import type { PackedMatrix } from './packed-matrix.ts';

/**
 * A frozen linear layer whose weight is packed. It is multiplied stretch by stretch, and its gradient goes to its input
 * only, and makes the floats of the weight once more rather than keep them from the forward pass: of all layers together
 * there is one stretch of floats at a time.
 */
export const quantisedLinear =
  (tf: Tf, weight: PackedMatrix, bias: Tensor1D | null, layout: WeightLayout): Linear =>
  (x) => {
    const [forward, backward] = layout === 'out-in' ? [byRows, byColumns] : [byColumns, byRows];
    return withGradient<Tensor2D>(
      tf,
      [x],
      () => {
        const product = forward(tf, x, weight);
        return bias ? tf.add<Tensor2D>(product, bias) : product;
      },
      (dy) => [backward(tf, dy, weight)],
    );
  };

/** x·Wᵀ: each stretch of W gives some columns of the product. */
function byRows(tf: Tf, x: Tensor2D, { stretches, open }: PackedMatrix): Tensor2D {
  return tf.tidy(() => {
    const read = open();
    const parts = stretches.map((rows) => tf.tidy(() => tf.matMul<Tensor2D>(x, read(rows), false, true)));
    return parts.length === 1 ? parts[0]! : tf.concat(parts, 1);
  });
}

/** x·W: each stretch of W adds to all of the product. */
function byColumns(tf: Tf, x: Tensor2D, { stretches, open }: PackedMatrix): Tensor2D {
  return tf.tidy(() => {
    const read = open();
    let sum: Tensor2D | null = null;
    for (const rows of stretches) {
      const before: Tensor2D | null = sum;
      sum = tf.tidy((): Tensor2D => {
        const some = stretches.length === 1 ? x : columns(tf, x, rows.from, rows.to);
        const part: Tensor2D = tf.matMul(some, read(rows));
        return before === null ? part : tf.add<Tensor2D>(before, part);
      });
      before?.dispose();
    }
    return sum!;
  });
}

const columns = (tf: Tf, x: Tensor2D, from: number, to: number): Tensor2D =>
  tf.slice(x, [0, from], [x.shape[0], to - from]);
