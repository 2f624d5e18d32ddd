import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { dynamicMap, NF4_LEVELS } from './nf4-levels.ts';

/** Codes of 4 bits are looked up four at a time: a quarter of the steps, for a table of 1 MB. */
const LOOKED_UP_BITS = 16;
const CODE_BITS = 4;

type Tables = {
  /** The levels of four codes at once, the first in the lowest bits [65536, 4]. */
  codes: Tensor;
  /** The levels of a single code [16]. */
  single: Tensor;
  /** The levels of an 8-bit scale [256]. */
  scales: Tensor;
  /** What takes words apart: the bits of half a word, and its range and its mask, of int32. */
  halfBits: Tensor;
  halfRange: Tensor;
  halfMask: Tensor;
};

const known = new WeakMap<object, Tables>();

/** What all matrices of a backend share; they last as long as it does. */
export function lookUpTables(tf: Tf): Tables {
  const backend = tf.backend();
  const made = known.get(backend) ?? {
    codes: tf.keep(tf.tensor2d(levelsOfFour(), [2 ** LOOKED_UP_BITS, LOOKED_UP_BITS / CODE_BITS])),
    single: tf.keep(tf.tensor1d([...NF4_LEVELS])),
    scales: tf.keep(tf.tensor1d(dynamicMap)),
    halfBits: tf.keep(tf.scalar(LOOKED_UP_BITS, 'int32')),
    halfRange: tf.keep(tf.scalar(2 ** LOOKED_UP_BITS, 'int32')),
    halfMask: tf.keep(tf.scalar(2 ** LOOKED_UP_BITS - 1, 'int32')),
  };
  known.set(backend, made);
  return made;
}

function levelsOfFour(): Float32Array {
  const each = LOOKED_UP_BITS / CODE_BITS;
  const mask = 2 ** CODE_BITS - 1;
  return Float32Array.from(
    { length: 2 ** LOOKED_UP_BITS * each },
    (_, i) => NF4_LEVELS[(Math.floor(i / each) >>> (CODE_BITS * (i % each))) & mask]!,
  );
}
