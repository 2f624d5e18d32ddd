import { quantiseScales } from './double-quantisation.ts';
import { NF4_BLOCK, quantiseBlocks } from './nf4.ts';
import type { Nf4, Nf4Options } from './nf4.ts';
import { newRoom } from './room.ts';
import type { Room } from './room.ts';

/**
 * A matrix in NF4 whose codes lie in words, eight in each. Of a block, the lower halves of its words have its first half
 * of codes, the upper halves its second: so two masks and no more unpack a matrix, four codes at a time.
 */
export type Nf4Words = Omit<Nf4, 'codes'> & Readonly<{ words: Int32Array }>;

/** Codes in a word. */
export const WORD_CODES = 8;
/** Codes in half of one, which are looked up together. */
export const HALF_CODES = WORD_CODES / 2;

/** A matrix that was quantised, in words. Throws `RangeError` where its blocks do not fit into words. */
export function nf4Words({ shape, block, codes, scales }: Nf4): Nf4Words {
  const words = newRoom(wordsIn(shape, block));
  putCodes(words, codes, block, 0);
  return { shape, block, words, scales };
}

/**
 * Quantises a matrix that comes piece by piece, as a file is read, so that its floats are never there together.
 *
 * @param pieces of any length: numbers of the matrix, row-major, each there until the next is asked for
 * @param room gives so many words of zeros
 */
export async function quantisePieces(
  pieces: AsyncIterable<Float32Array>,
  shape: readonly [number, number],
  { block = NF4_BLOCK, double = true }: Nf4Options = {},
  room: Room = newRoom,
): Promise<Nf4Words> {
  const count = shape[0] * shape[1];
  const words = room(wordsIn(shape, block));
  const scales = new Float32Array(Math.ceil(count / block));
  let codes = new Uint8Array(0);
  let blocks = 0;
  for await (const values of inBlocks(pieces, block)) {
    const end = blocks + Math.ceil(values.length / block);
    if (codes.length < values.length) codes = new Uint8Array(values.length);
    quantiseBlocks(values, block, { codes, scales: scales.subarray(blocks, end) });
    putCodes(words, codes.subarray(0, values.length), block, blocks);
    blocks = end;
  }
  return { shape, block, words, scales: double ? quantiseScales(scales) : scales };
}

/** Pieces of whole blocks; but for the last one. */
async function* inBlocks(pieces: AsyncIterable<Float32Array>, block: number): AsyncGenerator<Float32Array> {
  let rest = new Float32Array(0);
  for await (const piece of pieces) {
    const values = rest.length === 0 ? piece : joined(rest, piece);
    const whole = values.length - (values.length % block);
    if (whole > 0) yield values.subarray(0, whole);
    rest = values.slice(whole);
  }
  if (rest.length > 0) yield rest;
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function wordsIn([rows, columns]: readonly [number, number], block: number): number {
  if (block % WORD_CODES !== 0) throw new RangeError(`A block of ${block} is no multiple of ${WORD_CODES}.`);
  return (Math.ceil((rows * columns) / block) * block) / WORD_CODES;
}

/** @param from the block that they begin with */
function putCodes(words: Int32Array, codes: Uint8Array, block: number, from: number): void {
  const half = block / 2;
  const perBlock = block / WORD_CODES;
  for (let i = 0; i < codes.length; i += 1) {
    const within = i % block;
    const isUpper = within >= half;
    const place = isUpper ? within - half : within;
    const at = (from + Math.floor(i / block)) * perBlock + (place >>> 2);
    words[at] = words[at]! | (codes[i]! << ((isUpper ? 16 : 0) + 4 * (place & 3)));
  }
}
