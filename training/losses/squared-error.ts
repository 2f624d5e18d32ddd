import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';

/** Mean of the squared differences, as PyTorch's `MSELoss`; for regression. Both of the same shape. */
export function squaredError(tf: Tf, predicted: Tensor, truth: Tensor): Scalar {
  return withGradient<Scalar>(
    tf,
    [predicted],
    (save) => {
      const difference = tf.sub(predicted, truth);
      save([difference]);
      return tf.mean(tf.square(difference));
    },
    (dy, [difference]) => [tf.mul(difference!, tf.mul(dy, 2 / predicted.size))],
  );
}
