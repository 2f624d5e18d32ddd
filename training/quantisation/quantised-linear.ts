import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import type { Linear, WeightLayout } from '../models/linear.ts';
import type { Nf4Weight } from './nf4-weight.ts';

/**
 * A frozen linear layer whose weight is kept in 4 bits a number. Its gradient goes to its input only, and makes the
 * floats of the weight once more rather than keep them from the forward pass: of all layers together there is one at a
 * time.
 */
export const quantisedLinear =
  (tf: Tf, weight: Nf4Weight, bias: Tensor1D | null, layout: WeightLayout): Linear =>
  (x) => {
    const outIn = layout === 'out-in';
    return withGradient<Tensor2D>(
      tf,
      [x],
      () => {
        const product: Tensor2D = tf.matMul(x, weight.dequantise(), false, outIn);
        return bias ? tf.add<Tensor2D>(product, bias) : product;
      },
      (dy) => [tf.matMul(dy, weight.dequantise(), false, !outIn)],
    );
  };
