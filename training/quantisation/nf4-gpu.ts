import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { GpuProgram, GpuPrograms } from '../gpu-programs.ts';

/** Level of its 4-bit code × the scale of its block, for each number of a matrix; the block's size is a constant. */
const plainScales: GpuProgram = {
  name: 'nf4',
  inputs: ['words', 'levels', 'scales'],
  constants: [{ name: 'block', type: 'i32' }],
  threads: 'each',
  body: `
    let code = (words[index / 8] >> u32(4 * (index % 8))) & 15;
    result[index] = levels[code] * scales[index / uniforms.block];`,
};

/** The same with scales of 8 bits: level of its code × the largest of its block + offset. */
const packedScales: GpuProgram = {
  name: 'nf4-double',
  inputs: ['words', 'levels', 'scales', 'scaleLevels', 'largest'],
  constants: [
    { name: 'block', type: 'i32' },
    { name: 'scaleBlock', type: 'i32' },
    { name: 'offset', type: 'f32' },
  ],
  threads: 'each',
  body: `
    let code = (words[index / 8] >> u32(4 * (index % 8))) & 15;
    let block = index / uniforms.block;
    let scaleCode = (scales[block / 4] >> u32(8 * (block % 4))) & 255;
    let scale = scaleLevels[scaleCode] * largest[block / uniforms.scaleBlock] + uniforms.offset;
    result[index] = levels[code] * scale;`,
};

/** The codes of a matrix, eight in a word of int32. */
export type PackedNf4 = { words: Tensor; block: number; shape: readonly [number, number] };

type Scales = { levels: Tensor; scales: Tensor };
type PackedScales = {
  levels: Tensor;
  scaleLevels: Tensor;
  /** Four in a word of int32. */
  codes: Tensor;
  largest: Tensor;
  block: number;
  offset: number;
};

/** The matrix in float32, where each block has its scale; belongs to the open `tidy`. */
export const dequantised = (
  gpu: GpuPrograms,
  { words, block, shape }: PackedNf4,
  { levels, scales }: Scales,
): Tensor2D => gpu.run(plainScales, [words, levels, scales], { shape, constants: [block] }) as Tensor2D;

/** The same where the scales are quantised too. */
export const dequantisedTwice = (
  gpu: GpuPrograms,
  { words, block, shape }: PackedNf4,
  scales: PackedScales,
): Tensor2D =>
  gpu.run(packedScales, [words, scales.levels, scales.codes, scales.scaleLevels, scales.largest], {
    shape,
    constants: [block, scales.block, scales.offset],
  }) as Tensor2D;
