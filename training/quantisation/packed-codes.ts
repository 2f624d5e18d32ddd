import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { nativeOps } from '../native-ops.ts';

/** tfjs has no tensors of bytes or of less; of int32 it has. */
const WORD_BITS = 32;

/** How many codes of so many bits go into a word. */
export const codesInWord = (bits: number): number => WORD_BITS / bits;

/** Codes one after the other in words, the first in the lowest bits; the last word is filled up with zeros. */
export function packCodes(codes: Uint8Array, bits: number): Int32Array {
  const each = codesInWord(bits);
  const words = new Int32Array(Math.ceil(codes.length / each));
  for (let i = 0; i < codes.length; i += 1) {
    const at = Math.floor(i / each);
    words[at] = words[at]! | (codes[i]! << (bits * (i % each)));
  }
  return words;
}

/**
 * Unpacks words [..., 1, 1] of int32 into fields of `bits` bits [..., 32 / bits, 1]: indices for `tf.gatherND`, since
 * tfjs-node's `tf.gather` reads all indices back to look at each. On native TensorFlow by shifting and
 * masking; elsewhere by dividing and rounding down, which is the same.
 */
export function unpackFields(tf: Tf, words: Tensor, bits: number): Tensor {
  const fields = codesInWord(bits);
  const shifts = Array.from({ length: fields }, (_, i) => bits * i);
  const native = nativeOps(tf);
  if (native !== null) {
    const ints = [native.type('T', 'int32')];
    const shifted = native.one('RightShift', ints, [words, tf.tensor2d(shifts, [fields, 1], 'int32')]);
    return native.one('BitwiseAnd', ints, [shifted, tf.scalar(2 ** bits - 1, 'int32')]);
  }
  const range = tf.scalar(2 ** bits, 'int32');
  const divisors = shifts.map((shift) => 2 ** shift);
  const shifted = tf.floorDiv(words, tf.tensor2d(divisors, [fields, 1], 'int32'));
  return tf.sub(shifted, tf.mul(tf.floorDiv(shifted, range), range));
}
