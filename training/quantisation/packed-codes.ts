import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { nativeOps } from '../native-ops.ts';
import { placed } from '../place-tensor.ts';
import { lookUpTables } from './look-up-tables.ts';

/** tfjs has no tensors of bytes or of less; of int32 it has. */
const WORD_BITS = 32;

/** How many codes of so many bits go into a word. */
export const codesInWord = (bits: number): number => WORD_BITS / bits;

/** Codes of 8 bits one after the other in words, the first in the lowest bits; the last word is filled up with zeros. */
export function packBytes(codes: Uint8Array): Int32Array {
  const each = codesInWord(8);
  const words = new Int32Array(Math.ceil(codes.length / each));
  for (let i = 0; i < codes.length; i += 1) {
    const at = Math.floor(i / each);
    words[at] = words[at]! | (codes[i]! << (8 * (i % each)));
  }
  return words;
}

/** Words where they are computed with, outside of every `tidy`. */
export const placedWords = (tf: Tf, words: Int32Array, shape: number[]): Tensor =>
  tf.keep(placed(tf, () => tf.tensor(words, shape, 'int32')));

/**
 * The bytes of words [..., n] of int32, the lowest first, as numbers [..., n, 4]. Native TensorFlow looks at the same memory
 * in another way; elsewhere each byte is divided out. (On WebGPU tfjs would read large integers as float32: programs of
 * our own unpack there.)
 *
 * @param as what they are made of: floats to compute with, or integers, to look them up
 */
export function unpackBytes(tf: Tf, words: Tensor, as: 'float32' | 'int32'): Tensor {
  const native = nativeOps(tf);
  if (native !== null) {
    const bytes = native.one('Bitcast', [native.type('T', 'int32'), native.type('type', 'uint8')], [words]);
    const attributes = [
      native.type('SrcT', 'uint8'),
      native.type('DstT', as),
      native.flag('Truncate', false),
    ];
    return native.one('Cast', attributes, [bytes]);
  }
  const range = tf.scalar(2 ** 8, 'int32');
  const shifted = tf.floorDiv(tf.expandDims(words, -1), tf.tensor1d([1, 2 ** 8, 2 ** 16, 2 ** 24], 'int32'));
  return tf.cast(tf.sub(shifted, tf.mul(tf.floorDiv(shifted, range), range)), as);
}

/**
 * The halves of words of int32, each as an index of 16 bits. By shifting and masking on native TensorFlow; elsewhere by
 * dividing and rounding down, which is the same.
 */
export function halvesOf(tf: Tf, words: Tensor): { lower: Tensor; upper: Tensor } {
  const native = nativeOps(tf);
  const { halfBits: bits, halfMask: mask, halfRange: range } = lookUpTables(tf);
  if (native !== null) {
    const ints = [native.type('T', 'int32')];
    const shifted = native.one('RightShift', ints, [words, bits]);
    return {
      lower: native.one('BitwiseAnd', ints, [words, mask]),
      upper: native.one('BitwiseAnd', ints, [shifted, mask]),
    };
  }
  const above = tf.floorDiv(words, range);
  return {
    lower: tf.sub(words, tf.mul(above, range)),
    upper: tf.sub(above, tf.mul(tf.floorDiv(above, range), range)),
  };
}
