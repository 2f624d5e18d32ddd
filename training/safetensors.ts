import { endianness } from 'node:os';
import { decodeHalf, encodeHalf } from './half-floats.ts';
import type { HalfFloat } from './half-floats.ts';
import { LENGTH_BYTES, NotSafetensors, readLayout } from './safetensors-layout.ts';
import type { Dtype } from './safetensors-layout.ts';

export { NotSafetensors } from './safetensors-layout.ts';

/**
 * Named tensors in one file: 8 bytes of header length (little-endian), a JSON header with dtype, shape and place of each
 * tensor, then their bytes, one after the other. Written here rather than taken from a package because none is
 * maintained for Node, and because reading is where an artifact from somewhere else is either whole or refused.
 *
 * Source: https://github.com/huggingface/safetensors, "Format".
 */
export type NamedTensor<Values extends TensorValues = Float32Array> = {
  name: string;
  shape: readonly number[];
  values: Values;
};
export type TensorValues = Float32Array | Float64Array | Int32Array | Uint8Array;

const dtypeOf = (values: TensorValues): Dtype =>
  values instanceof Float32Array
    ? 'F32'
    : values instanceof Float64Array
      ? 'F64'
      : values instanceof Int32Array
        ? 'I32'
        : 'U8';

/**
 * Always the same bytes for the same tensors in the same order.
 *
 * @param metadata goes into the header
 * @param half the kind that float32 values are rounded to; without it they are kept
 */
export function writeSafetensors(
  tensors: readonly NamedTensor<TensorValues>[],
  metadata?: Readonly<Record<string, string>>,
  half?: HalfFloat,
): Uint8Array {
  const stored = tensors.map(({ name, shape, values }) => {
    const rounded = half && values instanceof Float32Array;
    const data = rounded ? encodeHalf(half, values) : values;
    return { name, shape, data, dtype: rounded ? half : dtypeOf(values), bytes: data.byteLength };
  });
  const header = writeHeader(stored, metadata);
  const bytes = new Uint8Array(header.length + stored.reduce((sum, one) => sum + one.bytes, 0));
  bytes.set(header);
  let to = header.length;
  for (const { data } of stored) {
    bytes.set(littleEndian(data), to);
    to += data.byteLength;
  }
  return bytes;
}

/** What a file begins with whose tensors, of so many bytes each, follow in this order. */
export function writeHeader(
  tensors: readonly { name: string; shape: readonly number[]; dtype: Dtype; bytes: number }[],
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  let at = 0;
  const places = tensors.map(({ name, shape, dtype, bytes }) => {
    const begin = at;
    at += bytes;
    return [name, { dtype, shape, data_offsets: [begin, at] }] as const;
  });
  const header = { ...(metadata ? { __metadata__: metadata } : {}), ...Object.fromEntries(places) };
  // Padded with spaces so that the data is aligned, as the format recommends.
  const encoded = new TextEncoder().encode(JSON.stringify(header));
  const text = new Uint8Array(Math.ceil(encoded.length / 8) * 8).fill(0x20);
  text.set(encoded);
  const bytes = new Uint8Array(LENGTH_BYTES + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, LENGTH_BYTES);
  return bytes;
}

/**
 * Reads a file whose tensors are all floats of 32 or 16 bits; the latter become float32, exactly.
 *
 * @throws {NotSafetensors} with what is wrong
 */
export const readSafetensors = (bytes: Uint8Array): NamedTensor[] =>
  readMixedSafetensors(bytes).tensors.map(({ name, shape, values }) => {
    if (!(values instanceof Float32Array))
      throw new NotSafetensors(`tensor "${name}" is of dtype ${dtypeOf(values)}, not F32`);
    return { name, shape, values };
  });

/**
 * Reads tensors of every known dtype, and the metadata; `readLayout` says what is checked.
 *
 * @throws {NotSafetensors} with what is wrong
 */
export function readMixedSafetensors(bytes: Uint8Array): {
  tensors: NamedTensor<TensorValues>[];
  metadata: Readonly<Record<string, unknown>>;
} {
  const { dataAt, places, metadata } = readLayout(bytes, bytes.length);
  const tensors = places.map(({ name, dtype, shape, begin, end }) => ({
    name,
    shape,
    values: decodeTensor(name, dtype, bytes.subarray(dataAt + begin, dataAt + end)),
  }));
  return { tensors, metadata };
}

/**
 * The values of one tensor. F16 and BF16 become float32; I64 becomes int32, which ids and positions fit into; BOOL
 * becomes bytes.
 *
 * @param bytes become the values where they have a buffer of their own
 * @throws {NotSafetensors} on an I64 beyond int32
 */
export function decodeTensor(name: string, dtype: Dtype, bytes: Uint8Array): TensorValues {
  const { buffer } = aligned(bytes);
  switch (dtype) {
    case 'F32':
      return ordered(new Float32Array(buffer));
    case 'F64':
      return ordered(new Float64Array(buffer));
    case 'F16':
    case 'BF16':
      return decodeHalf(dtype, ordered(new Uint16Array(buffer)));
    case 'I32':
      return ordered(new Int32Array(buffer));
    case 'I64':
      return Int32Array.from(ordered(new BigInt64Array(buffer)), (wide) => {
        if (BigInt.asIntN(32, wide) !== wide)
          throw new NotSafetensors(`tensor "${name}" holds ${wide}, which is no 32-bit integer`);
        return Number(wide);
      });
    case 'U8':
    case 'BOOL':
      return new Uint8Array(buffer);
    default:
      return dtype satisfies never;
  }
}

export type FloatDtype = 'F32' | HalfFloat;
export const isFloat = (dtype: Dtype): dtype is FloatDtype =>
  dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';

/**
 * So many floats that a buffer begins with, as float32: of 32 bits where they are, of 16 decoded into `words`.
 *
 * @param words at least as many
 */
export const floatsAt = (
  dtype: FloatDtype,
  buffer: ArrayBuffer,
  count: number,
  words: Uint32Array<ArrayBuffer>,
): Float32Array =>
  dtype === 'F32'
    ? ordered(new Float32Array(buffer, 0, count))
    : decodeHalf(dtype, ordered(new Uint16Array(buffer, 0, count)), words.subarray(0, count));

/** A copy where bytes are a part of a file, in which data need not be aligned; those that were read alone are taken. */
function aligned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const alone = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return alone ? new Uint8Array(buffer) : Uint8Array.from(bytes);
}

type Words = TensorValues | Uint16Array | BigInt64Array;

/** Values as bytes of the format: little-endian, whatever the machine is. */
export function littleEndian(values: Words): Uint8Array {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (endianness() === 'LE') return bytes;
  const copy = Buffer.from(bytes);
  if (values.BYTES_PER_ELEMENT === 8) return copy.swap64();
  if (values.BYTES_PER_ELEMENT === 4) return copy.swap32();
  return values.BYTES_PER_ELEMENT === 2 ? copy.swap16() : copy;
}

/** Bytes of the format, lying where `values` look, in the order of this machine. */
function ordered<Values extends Words>(values: Values): Values {
  if (endianness() === 'BE') {
    const right = littleEndian(values);
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(right);
  }
  return values;
}
