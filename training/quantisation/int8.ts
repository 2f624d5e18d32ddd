import { newRoom } from './room.ts';
import type { Room } from './room.ts';

/**
 * A matrix in 8 bits a number: (code − 128) × the scale of its row, which takes the largest |x| of the row to 127. The
 * way of embeddings: a row is looked up alone, and its numbers are of one kind, so that 255 equal steps say them well.
 *
 * Source: row-wise absmax quantisation, as in Dettmers et al., "LLM.int8()" (2022).
 */
export type Int8 = Readonly<{
  shape: readonly [number, number];
  /** Four codes in each, the first in the lowest bits; each row begins with a new word. */
  words: Int32Array;
  /** Of each row. */
  scales: Float32Array;
}>;

/** Bits of a code. */
const BITS = 8;
/** Codes in a word. */
export const WORD_BYTES = 4;
/** The code of 0. */
export const INT8_ZERO = 128;
const MOST = 127;

/**
 * Quantises a matrix that comes piece by piece, as a file is read.
 *
 * @param pieces of any length: numbers of the matrix, row-major, each there until the next is asked for
 * @param room gives so many words of zeros
 */
export async function quantiseRows(
  pieces: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  [rows, columns]: readonly [number, number],
  room: Room = newRoom,
): Promise<Int8> {
  const width = Math.ceil(columns / WORD_BYTES);
  const words = room(rows * width);
  const scales = new Float32Array(rows);
  const row = new Float32Array(columns);
  let [at, filled] = [0, 0];
  for await (const piece of pieces)
    for (let from = 0; from < piece.length;) {
      const some = piece.subarray(from, from + columns - filled);
      row.set(some, filled);
      from += some.length;
      filled += some.length;
      if (filled < columns) continue;
      scales[at] = quantiseRow(row, words.subarray(at * width, (at + 1) * width));
      at += 1;
      filled = 0;
    }
  return { shape: [rows, columns], words, scales };
}

/** @returns the scale */
function quantiseRow(row: Float32Array, words: Int32Array): number {
  let largest = 0;
  for (const x of row) largest = Math.max(largest, Math.abs(x));
  const scale = Math.fround(largest / MOST);
  for (let i = 0; i < row.length; i += 1) {
    const code = scale === 0 ? INT8_ZERO : INT8_ZERO + Math.round(row[i]! / scale);
    const at = Math.floor(i / WORD_BYTES);
    words[at] = words[at]! | (code << (BITS * (i % WORD_BYTES)));
  }
  return scale;
}
