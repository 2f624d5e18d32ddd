import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Constant, GpuProgram, GpuPrograms } from '../gpu-programs.ts';

/** Where the code of a number lies, eight in a word: see `Nf4Words`. `first`: the number that the rows begin with. */
const CODE = `
    let at = index + uniforms.first;
    let half = uniforms.block / 2;
    let within = at % uniforms.block;
    let place = within % half;
    let word = words[(at / uniforms.block) * (uniforms.block / 8) + place / 4];
    let code = (word >> u32(16 * (within / half) + 4 * (place % 4))) & 15;`;
const rows: readonly Constant[] = [
  { name: 'block', type: 'i32' },
  { name: 'first', type: 'i32' },
];

/** Level of its 4-bit code × the scale of its block, for each number of some rows. */
const plainScales: GpuProgram = {
  name: 'nf4',
  inputs: ['words', 'levels', 'scales'],
  constants: rows,
  threads: 'each',
  body: `${CODE}
    result[index] = levels[code] * scales[at / uniforms.block];`,
};

/** The same with scales of 8 bits: level of its code × the largest of its block + offset. */
const packedScales: GpuProgram = {
  name: 'nf4-double',
  inputs: ['words', 'levels', 'scales', 'scaleLevels', 'largest'],
  constants: [...rows, { name: 'scaleBlock', type: 'i32' }, { name: 'offset', type: 'f32' }],
  threads: 'each',
  body: `${CODE}
    let block = at / uniforms.block;
    let scaleCode = (scales[block / 4] >> u32(8 * (block % 4))) & 255;
    let scale = scaleLevels[scaleCode] * largest[block / uniforms.scaleBlock] + uniforms.offset;
    result[index] = levels[code] * scale;`,
};

/** Some rows of a matrix whose codes lie in words. */
export type Nf4Rows = {
  words: Tensor;
  block: number;
  /** The number that they begin with. */
  first: number;
  shape: readonly [number, number];
};

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

/** The rows in float32, where each block has its scale; belongs to the open `tidy`. */
export const dequantised = (
  gpu: GpuPrograms,
  { words, block, first, shape }: Nf4Rows,
  { levels, scales }: Scales,
): Tensor2D =>
  gpu.run(plainScales, [words, levels, scales], { shape, constants: [block, first] }) as Tensor2D;

/** The same where the scales are quantised too. */
export const dequantisedTwice = (
  gpu: GpuPrograms,
  { words, block, first, shape }: Nf4Rows,
  scales: PackedScales,
): Tensor2D =>
  gpu.run(packedScales, [words, scales.levels, scales.codes, scales.scaleLevels, scales.largest], {
    shape,
    constants: [block, first, scales.block, scales.offset],
  }) as Tensor2D;
