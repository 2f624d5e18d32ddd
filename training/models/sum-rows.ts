import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { nativeOps } from '../native-ops.ts';

/**
 * The sum of all rows, [rows, columns] → [columns]: the gradient of what was added to each. TensorFlow's own operation
 * for it takes a fourth of the time of a sum along the first axis. Without a gradient of its own.
 */
export function sumRows(tf: Tf, x: Tensor2D): Tensor1D {
  const native = nativeOps(tf);
  if (native === null) return tf.sum(x, 0);
  const attributes = [native.type('T', 'float32'), native.text('data_format', 'NHWC')];
  return native.one('BiasAddGrad', attributes, [x]) as Tensor1D;
}
