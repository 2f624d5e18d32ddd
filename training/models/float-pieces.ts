import { floatsAt, isFloat } from '../safetensors.ts';
import type { Dtype } from '../safetensors-layout.ts';

/** Fills `bytes` with those of a file from a place on. */
type ReadInto = (bytes: Uint8Array, at: number) => Promise<unknown>;

/** Where the numbers of a tensor lie in its file, in bytes. */
type FilePlace = { dtype: Dtype; from: number; to: number };

const bytesOf = { F32: 4, F16: 2, BF16: 2 };

/**
 * Reads floats of a file piece by piece, all into the same memory: what JavaScript is done with it keeps for a while, and a
 * base that is read whole tensor by whole tensor would be there once more before it is cleared away.
 *
 * @returns pieces of so many numbers, the last one shorter; each is there until the next is asked for
 */
export function floatPieces(
  read: ReadInto,
): (place: FilePlace, numbers: number) => AsyncGenerator<Float32Array> {
  let buffer = new ArrayBuffer(0);
  let words = new Uint32Array(0);
  return async function* ({ dtype, from, to }, numbers) {
    if (!isFloat(dtype)) throw new TypeError(`Numbers of ${dtype} are no floats`);
    const each = bytesOf[dtype];
    if (buffer.byteLength < numbers * each) buffer = new ArrayBuffer(numbers * each);
    if (dtype !== 'F32' && words.length < numbers) words = new Uint32Array(numbers);
    for (let at = from; at < to; at += numbers * each) {
      const count = Math.min(numbers, (to - at) / each);
      await read(new Uint8Array(buffer, 0, count * each), at);
      yield floatsAt(dtype, buffer, count, words);
    }
  };
}
