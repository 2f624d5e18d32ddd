import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { gpuPrograms } from '../gpu-programs.ts';
import { rowsInFloats } from './int8-gpu.ts';
import { INT8_ZERO, WORD_BYTES } from './int8.ts';
import type { Int8 } from './int8.ts';
import { placedWords, unpackBytes } from './packed-codes.ts';
import { stretchesOf } from './packed-matrix.ts';
import type { PackedMatrix, Stretch } from './packed-matrix.ts';

/** A matrix in 8 bits a number where it is computed with; of its rows only those that are asked for become floats. */
export type Int8Matrix = PackedMatrix & {
  /** [indices, columns], in the order of the indices; belongs to the open `tidy`. */
  rows(indices: Int32Array): Tensor2D;
};

/** Puts a quantised matrix into tensors. */
export function int8Matrix(tf: Tf, { shape, words, scales }: Int8): Int8Matrix {
  const [all, columns] = shape;
  const width = Math.ceil(columns / WORD_BYTES);
  const packed = placedWords(tf, words, [all, width]);
  const scale = tf.keep(tf.tensor2d(scales, [all, 1]));

  const floats = (some: Tensor, scaleOf: Tensor): Tensor2D => {
    const codes: Tensor2D = tf.reshape(unpackBytes(tf, some, 'float32'), [-1, width * WORD_BYTES]);
    const own = codes.shape[1] === columns ? codes : tf.slice(codes, [0, 0], [-1, columns]);
    return tf.mul(tf.sub(own, INT8_ZERO), scaleOf);
  };
  const stretch = ({ from, to }: Stretch): Tensor2D => {
    const gpu = gpuPrograms(tf);
    if (gpu) return onGpu(gpu, tf.range(from, to, 1, 'int32'));
    return floats(tf.slice(packed, [from, 0], [to - from, -1]), tf.slice(scale, [from, 0], [to - from, -1]));
  };
  const onGpu = (gpu: NonNullable<ReturnType<typeof gpuPrograms>>, rows: Tensor) =>
    rowsInFloats(gpu, { words: packed, scales: scale, rows }, columns);

  return {
    shape,
    bytes: 4 * (packed.size + scale.size),
    stretches: stretchesOf(tf, shape),
    open: () => (rows) => tf.tidy(() => stretch(rows)),
    rows: (indices) =>
      tf.tidy(() => {
        const gpu = gpuPrograms(tf);
        if (gpu) return onGpu(gpu, tf.tensor1d(indices, 'int32'));
        const at = tf.tensor2d(indices, [indices.length, 1], 'int32');
        return floats(tf.gatherND(packed, at), tf.gatherND(scale, at));
      }),
    dispose: () => tf.dispose([packed, scale]),
  };
}
