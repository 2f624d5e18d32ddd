import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from './backend.ts';
import { nativeOps } from './native-ops.ts';

/** Whether what a tensor was made of is free for other use as soon as it is placed. */
export const isCopiedWhenPlaced = (tf: Tf): boolean => nativeOps(tf) !== null;

/**
 * Moves the values of a new tensor to where they are computed with, now. tfjs-node keeps them in JavaScript until they
 * are first used, and its own copy is then garbage beside the other: a whole base would be there twice.
 *
 * @param make the tensor; it is disposed
 */
export function placed<T extends Tensor>(tf: Tf, make: () => T): T {
  const native = nativeOps(tf);
  if (native === null) return make();
  return tf.tidy(() => {
    const tensor = make();
    const dtype = tensor.dtype === 'int32' ? 'int32' : 'float32';
    return native.one('Identity', [native.type('T', dtype)], [tensor]) as T;
  });
}
