/**
 * The two 16-bit floats of model files. Both are read exactly: every one of their values is a float32. Writing rounds
 * to the nearest, ties to even, as torch does.
 *
 * F16 is IEEE 754 binary16 (5 bits of exponent, 10 of fraction); BF16 is the upper half of a float32.
 */
export type HalfFloat = 'F16' | 'BF16';

/**
 * Bits of `kind` as float32 values.
 *
 * @param words where these go; of the same length
 */
export function decodeHalf(
  kind: HalfFloat,
  bits: Uint16Array,
  words: Uint32Array<ArrayBuffer> = new Uint32Array(bits.length),
): Float32Array<ArrayBuffer> {
  if (kind === 'BF16') for (let i = 0; i < bits.length; i += 1) words[i] = bits[i]! << 16;
  else for (let i = 0; i < bits.length; i += 1) words[i] = float32OfHalf[bits[i]!]!;
  return new Float32Array(words.buffer, words.byteOffset, words.length);
}

/** float32 values as bits of `kind`, rounded to the nearest. */
export function encodeHalf(kind: HalfFloat, values: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  const encode = kind === 'BF16' ? bfloatOf : halfOf;
  for (let i = 0; i < words.length; i += 1) bits[i] = encode(words[i]!);
  return bits;
}

/** Float32 bits of each of the 65,536 halves: a table is several times quicker than taking each apart. */
const float32OfHalf = Uint32Array.from({ length: 2 ** 16 }, (_, half) => {
  const sign = (half & 0x80_00) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3_ff;
  if (exponent === 0x1f) return (sign | 0x7f_80_00_00 | (fraction << 13)) >>> 0;
  if (exponent > 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  // Subnormal: fraction · 2⁻²⁴ is normal as a float32; its leading one becomes the hidden one.
  const shift = Math.clz32(fraction) - 21;
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3_ff) << 13)) >>> 0;
});

const isNaNWord = (word: number) => (word & 0x7f_ff_ff_ff) > 0x7f_80_00_00;

function bfloatOf(word: number): number {
  if (isNaNWord(word)) return (word >>> 16) | 0x40;
  return (word + 0x7f_ff + ((word >>> 16) & 1)) >>> 16;
}

function halfOf(word: number): number {
  const sign = (word >>> 16) & 0x80_00;
  const magnitude = word & 0x7f_ff_ff_ff;
  if (isNaNWord(word)) return sign | 0x7e_00;
  if (magnitude >= 0x47_7f_f0_00) return sign | 0x7c_00; // 65,520 and more round to infinity
  if (magnitude < 0x38_80_00_00) {
    // Subnormal: a multiple of 2⁻²⁴. Adding 2⁻¹ in float32 rounds at exactly that place.
    word32[0] = magnitude;
    float32.fill(float32[0]! + 0.5);
    return sign | (word32[0] - 0x3f_00_00_00);
  }
  return sign | ((magnitude - 0x38_00_00_00 + 0xf_ff + ((magnitude >>> 13) & 1)) >>> 13);
}

const word32 = new Uint32Array(1);
const float32 = new Float32Array(word32.buffer);
