import { blockMaxima } from './block-maxima.ts';
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

/** As in bitsandbytes and QLoRA. */
const BLOCK = 64;

const boundaries = middles(NF4_LEVELS);

/**
 * Quantises a matrix to NF4, as bitsandbytes does. With `double` its scales are quantised too: 4.13 bits a number
 * instead of 4.5.
 */
export function quantiseNf4(
  values: Float32Array,
  shape: readonly [number, number],
  { block = BLOCK, double = true }: { block?: number; double?: boolean } = {},
): Nf4 {
  const scales = blockMaxima(values, block);
  const codes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const scale = scales[Math.floor(i / block)]!;
    codes[i] = scale === 0 ? NF4_ZERO : nearest(boundaries, Math.fround(values[i]! / scale));
  }
  return { shape, block, codes, scales: double ? quantiseScales(scales) : scales };
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
