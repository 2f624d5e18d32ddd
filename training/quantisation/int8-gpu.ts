import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { GpuProgram, GpuPrograms } from '../gpu-programs.ts';
import { INT8_ZERO } from './int8.ts';

/** (code − 128) × the scale of its row, for each number of some rows; codes lie four in a word of int32. */
const program: GpuProgram = {
  name: 'int8-rows',
  inputs: ['words', 'scales', 'rows'],
  constants: [{ name: 'columns', type: 'i32' }],
  threads: 'each',
  body: `
    let row = rows[index / uniforms.columns];
    let column = index % uniforms.columns;
    let word = words[row * uniforms.wordsShape[1] + column / 4];
    let code = (word >> u32(8 * (column % 4))) & 255;
    result[index] = f32(code - ${INT8_ZERO}) * scales[row];`,
};

/**
 * @param words of the whole matrix, [rows, words in a row]
 * @param scales of its rows, [rows, 1]
 * @param rows which of them, [n] of int32
 * @returns [n, columns]; belongs to the open `tidy`
 */
export const rowsInFloats = (
  gpu: GpuPrograms,
  { words, scales, rows }: { words: Tensor; scales: Tensor; rows: Tensor },
  columns: number,
): Tensor2D =>
  gpu.run(program, [words, scales, rows], {
    shape: [rows.size, columns],
    constants: [columns],
  }) as Tensor2D;
