import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { nativeOps } from '../native-ops.ts';

/** log softmax over the last axis, one operation where TensorFlow is native. Has no gradient of its own. */
export function logSoftmax(tf: Tf, logits: Tensor): Tensor {
  const native = nativeOps(tf);
  return native === null
    ? tf.logSoftmax(logits)
    : native.one('LogSoftmax', [native.type('T', 'float32')], [logits]);
}
