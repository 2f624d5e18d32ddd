import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { gpuPrograms } from '../gpu-programs.ts';
import { placed } from '../place-tensor.ts';
import type { QuantisedScales } from './double-quantisation.ts';
import type { Nf4 } from './nf4.ts';
import { dequantised, dequantisedTwice } from './nf4-gpu.ts';
import type { PackedNf4 } from './nf4-gpu.ts';
import { LOOKED_UP_BITS, lookUpTables } from './look-up-tables.ts';
import { codesInWord, packCodes, unpackFields } from './packed-codes.ts';

/** A quantised matrix where it is computed with: it takes its 4 bits a number there, and is a matrix of floats only
 * while it is used. */
export type Nf4Weight = {
  shape: readonly [number, number];
  /** What it occupies between uses. */
  bytes: number;
  /** The matrix in float32; belongs to the open `tidy`. */
  dequantise(): Tensor2D;
  dispose(): void;
};

const CODE_BITS = 4;
const SCALE_BITS = 8;

/** Puts a quantised matrix into tensors: codes in words of int32, and scales. */
export function nf4Weight(tf: Tf, { shape, block, codes, scales }: Nf4): Nf4Weight {
  const perWord = codesInWord(CODE_BITS);
  if (block % perWord !== 0) throw new RangeError(`A block of ${block} is no multiple of ${perWord}.`);
  const count = shape[0] * shape[1];
  const blocks = Math.ceil(count / block);
  const padded = blocks * block;
  const packed = wordsOf(tf, codes, CODE_BITS, [blocks, block / perWord, 1, 1]);
  const scale = scales instanceof Float32Array ? plainScales(tf, scales) : packedScales(tf, scales);
  return {
    shape,
    bytes: 4 * packed.size + scale.bytes,
    dequantise: () =>
      tf.tidy(() => {
        const onGpu = scale.onGpu({ words: packed, block, shape });
        if (onGpu) return onGpu;
        const levels = tf.gatherND(lookUpTables(tf).codes, unpackFields(tf, packed, LOOKED_UP_BITS));
        const values = tf.mul(levels, scale.read([blocks, 1, 1, 1]));
        if (count === padded) return tf.reshape(values, [...shape]);
        return tf.reshape(tf.slice(tf.reshape(values, [padded]), [0], [count]), [...shape]);
      }),
    dispose() {
      packed.dispose();
      scale.dispose();
    },
  };
}

/** Codes in words where they are computed with. Nothing outside remembers the arrays that they come from. */
function wordsOf(tf: Tf, codes: Uint8Array, bits: number, shape: [number, number, 1, 1]): Tensor {
  const words = new Int32Array(shape[0] * shape[1]);
  words.set(packCodes(codes, bits));
  return tf.keep(placed(tf, () => tf.tensor4d(words, shape, 'int32')));
}

type Scales = {
  bytes: number;
  read(shape: number[]): Tensor;
  /** The matrix by one program on WebGPU; null elsewhere. */
  onGpu(packed: PackedNf4): Tensor2D | null;
  dispose(): void;
};

function plainScales(tf: Tf, scales: Float32Array): Scales {
  const kept = tf.keep(tf.tensor(scales, [scales.length, 1, 1, 1]));
  return {
    bytes: 4 * kept.size,
    read: () => kept,
    onGpu(packed) {
      const gpu = gpuPrograms(tf);
      return gpu && dequantised(gpu, packed, { levels: lookUpTables(tf).single, scales: kept });
    },
    dispose: () => kept.dispose(),
  };
}

/** Scales in 8 bits each are made floats of at every use; they are one for each block. */
function packedScales(tf: Tf, { codes, absmax, block, offset }: QuantisedScales): Scales {
  const perWord = codesInWord(SCALE_BITS);
  const count = codes.length;
  const width = Math.min(block, Math.ceil(count / perWord) * perWord);
  const packed = wordsOf(tf, codes, SCALE_BITS, [absmax.length, width / perWord, 1, 1]);
  const largest = tf.keep(tf.tensor3d(absmax, [absmax.length, 1, 1]));
  const all = absmax.length * width;
  return {
    bytes: 4 * (packed.size + largest.size),
    read(shape) {
      const levels = tf.gatherND(lookUpTables(tf).scales, unpackFields(tf, packed, SCALE_BITS));
      const scales = tf.add(tf.mul(levels, largest), offset);
      if (count === all) return tf.reshape(scales, shape);
      return tf.reshape(tf.slice(tf.reshape(scales, [all]), [0], [count]), shape);
    },
    onGpu(matrix) {
      const gpu = gpuPrograms(tf);
      const { single: levels, scales: scaleLevels } = lookUpTables(tf);
      return (
        gpu && dequantisedTwice(gpu, matrix, { levels, scaleLevels, codes: packed, largest, block, offset })
      );
    },
    dispose: () => tf.dispose([packed, largest]),
  };
}
