import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { gpuPrograms } from '../gpu-programs.ts';
import type { QuantisedScales } from './double-quantisation.ts';
import type { Nf4 } from './nf4.ts';
import { HALF_CODES, nf4Words, WORD_CODES } from './nf4-words.ts';
import type { Nf4Words } from './nf4-words.ts';
import { dequantised, dequantisedTwice } from './nf4-gpu.ts';
import type { Nf4Rows } from './nf4-gpu.ts';
import { lookUpTables } from './look-up-tables.ts';
import { codesInWord, halvesOf, packBytes, placedWords, unpackBytes } from './packed-codes.ts';
import { stretchesOf } from './packed-matrix.ts';
import type { PackedMatrix } from './packed-matrix.ts';

const SCALE_BITS = 8;

/** A matrix in NF4 where it is computed with. Throws `RangeError` where its blocks do not fit into words. */
export const nf4Weight = (tf: Tf, matrix: Nf4): PackedMatrix => nf4InWords(tf, nf4Words(matrix));

/** The same of one that lies in words already. */
export function nf4InWords(tf: Tf, { shape, block, words, scales }: Nf4Words): PackedMatrix {
  const [rows, columns] = shape;
  const count = rows * columns;
  const perBlock = block / WORD_CODES;
  const packed = placedWords(tf, words, [Math.ceil(count / block), perBlock]);
  const scale = scales instanceof Float32Array ? plainScales(tf, scales) : packedScales(tf, scales);

  /** Whole blocks, but for the last stretch. */
  const read = (scaleOf: Tensor, from: number, to: number): Tensor2D => {
    const first = (from * columns) / block;
    const blocks = Math.ceil((to * columns) / block) - first;
    const { lower, upper } = halvesOf(tf, tf.slice(packed, [first, 0], [blocks, perBlock]));
    const codes = tf.reshape(tf.concat([lower, upper], 1), [blocks, 2 * perBlock, 1]);
    const levels = tf.gatherND(lookUpTables(tf).codes, codes);
    const values = tf.mul(
      tf.reshape(levels, [blocks, 2 * perBlock * HALF_CODES]),
      tf.slice(scaleOf, [first, 0], [blocks, 1]),
    );
    const numbers = (to - from) * columns;
    if (numbers === values.size) return tf.reshape(values, [to - from, columns]);
    return tf.reshape(tf.slice(tf.reshape(values, [-1]), [0], [numbers]), [to - from, columns]);
  };

  return {
    shape,
    bytes: 4 * packed.size + scale.bytes,
    stretches: stretchesOf(tf, shape, block / greatestCommonDivisor(columns, block)),
    open() {
      if (gpuPrograms(tf))
        return ({ from, to }) =>
          scale.onGpu({ words: packed, block, first: from * columns, shape: [to - from, columns] });
      const scaleOf = scale.read();
      return ({ from, to }) => tf.tidy(() => read(scaleOf, from, to));
    },
    dispose() {
      packed.dispose();
      scale.dispose();
    },
  };
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

type Scales = {
  bytes: number;
  /** [blocks, 1] */
  read(): Tensor;
  /** Rows of the matrix by one program on WebGPU. */
  onGpu(rows: Nf4Rows): Tensor2D;
  dispose(): void;
};

function plainScales(tf: Tf, scales: Float32Array): Scales {
  const kept = tf.keep(tf.tensor(scales, [scales.length, 1]));
  return {
    bytes: 4 * kept.size,
    read: () => kept,
    onGpu: (rows) => dequantised(gpuPrograms(tf)!, rows, { levels: lookUpTables(tf).single, scales: kept }),
    dispose: () => kept.dispose(),
  };
}

/** Scales in 8 bits each are made floats of at every use; they are one for each block. */
function packedScales(tf: Tf, { codes, absmax, block, offset }: QuantisedScales): Scales {
  const perWord = codesInWord(SCALE_BITS);
  const width = Math.min(block, Math.ceil(codes.length / perWord) * perWord);
  const padded = new Uint8Array(absmax.length * width);
  padded.set(codes);
  const packed = placedWords(tf, packBytes(padded), [absmax.length, width / perWord]);
  const largest = tf.keep(tf.tensor(absmax, [absmax.length, 1, 1]));
  return {
    bytes: 4 * (packed.size + largest.size),
    read: () =>
      tf.tidy(() => {
        const looked = tf.reshape(unpackBytes(tf, packed, 'int32'), [absmax.length, width, 1]);
        const levels = tf.reshape(tf.gatherND(lookUpTables(tf).scales, looked), [absmax.length, width, 1]);
        const scales = tf.reshape(tf.add(tf.mul(levels, largest), offset), [-1, 1]);
        return scales.size === codes.length ? scales : tf.slice(scales, [0, 0], [codes.length, 1]);
      }),
    onGpu(rows) {
      const { single: levels, scales: scaleLevels } = lookUpTables(tf);
      const scales = { levels, scaleLevels, codes: packed, largest, block, offset };
      return dequantisedTwice(gpuPrograms(tf)!, rows, scales);
    },
    dispose: () => tf.dispose([packed, largest]),
  };
}
