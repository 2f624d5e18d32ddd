import { quantiseScales } from './double-quantisation.ts';
import type { QuantisedScales } from './double-quantisation.ts';
import { middles, nearest } from './nearest.ts';
import { NF4_LEVELS, NF4_ZERO } from './nf4-levels.ts';

/** A matrix in 4 bits a number: level of its code × the scale of its block. */
export type Nf4 = Readonly<{
  /** Row-major; blocks run on from one row to the next. */
  shape: readonly [number, number];
  /** Numbers in a block; a multiple of 8. */
  block: number;
  /** Index into `NF4_LEVELS`, one a number. */
  codes: Uint8Array;
  /** The largest |x| of each block, or these in 8 bits each. */
  scales: Float32Array | QuantisedScales;
}>;

export type Nf4Options = Readonly<{
  /** Numbers in a block; 64 as in bitsandbytes and QLoRA, where nothing is said. */
  block?: number;
  /** Whether scales are quantised too: 4.13 bits a number instead of 4.5. They are where nothing is said. */
  double?: boolean;
}>;

export const NF4_BLOCK = 64;

const boundaries = middles(NF4_LEVELS);

/** Quantises a matrix to NF4, as bitsandbytes does. */
export function quantiseNf4(
  values: Float32Array,
  shape: readonly [number, number],
  { block = NF4_BLOCK, double = true }: Nf4Options = {},
): Nf4 {
  const codes = new Uint8Array(values.length);
  const scales = new Float32Array(Math.ceil(values.length / block));
  quantiseBlocks(values, block, { codes, scales });
  return { shape, block, codes, scales: double ? quantiseScales(scales) : scales };
}

/**
 * The codes and scales of whole blocks; the last one may be short.
 *
 * @param to a code for each number, a scale for each block
 */
export function quantiseBlocks(
  values: Float32Array,
  block: number,
  { codes, scales }: { codes: Uint8Array; scales: Float32Array },
): void {
  for (let at = 0; at < scales.length; at += 1) {
    const end = Math.min(values.length, (at + 1) * block);
    let largest = 0;
    for (let i = at * block; i < end; i += 1) largest = Math.max(largest, Math.abs(values[i]!));
    scales[at] = largest;
    for (let i = at * block; i < end; i += 1)
      codes[i] = largest === 0 ? NF4_ZERO : nearest(boundaries, Math.fround(values[i]! / largest));
  }
}

/** Codes out of the bytes of bitsandbytes, two in each, the first in the upper half. */
export function codesOfBytes(bytes: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => {
    const byte = bytes[i >>> 1]!;
    return i % 2 === 0 ? byte >>> 4 : byte & 15;
  });
}

/** The bytes of bitsandbytes; the inverse of `codesOfBytes`. */
export function bytesOfCodes(codes: Uint8Array): Uint8Array {
  return Uint8Array.from(
    { length: Math.ceil(codes.length / 2) },
    (_, k) => (codes[2 * k]! << 4) | (codes[2 * k + 1] ?? 0),
  );
}
