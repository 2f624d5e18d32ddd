import { endianness } from 'node:os';

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
export type TensorValues = Float32Array | Float64Array | Int32Array;

/** A reason, in words, why bytes are not what they should be; whoever reads the file knows its name. */
export class NotSafetensors extends Error {
  override readonly name = 'NotSafetensors';
}

const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 16 * 2 ** 20;

const dtypes: Readonly<Record<string, (count: number) => TensorValues>> = {
  F32: (count) => new Float32Array(count),
  F64: (count) => new Float64Array(count),
  I32: (count) => new Int32Array(count),
};
const dtypeOf = (values: TensorValues): string =>
  values instanceof Float32Array ? 'F32' : values instanceof Float64Array ? 'F64' : 'I32';

/** Always the same bytes for the same tensors in the same order. `metadata` goes into the header. */
export function writeSafetensors(
  tensors: readonly NamedTensor<TensorValues>[],
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  let at = 0;
  const places = tensors.map(({ name, shape, values }) => {
    const begin = at;
    at += values.byteLength;
    return [name, { dtype: dtypeOf(values), shape, data_offsets: [begin, at] }] as const;
  });
  const header = { ...(metadata ? { __metadata__: metadata } : {}), ...Object.fromEntries(places) };
  // Padded with spaces so that the data is aligned, as the format recommends.
  const json = JSON.stringify(header);
  const encoded = new TextEncoder().encode(json);
  const text = new Uint8Array(Math.ceil(encoded.length / 8) * 8).fill(0x20);
  text.set(encoded);
  const bytes = new Uint8Array(LENGTH_BYTES + text.length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, LENGTH_BYTES);
  let to = LENGTH_BYTES + text.length;
  for (const { values } of tensors) {
    bytes.set(littleEndian(values), to);
    to += values.byteLength;
  }
  return bytes;
}

/**
 * Reads a file whose tensors are all float32.
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
 * Reads tensors of float32, float64 and int32, and the metadata. Every byte has to be accounted for: tensors lie end to
 * end, from the header's end to the file's, and each is as long as its shape says.
 *
 * @throws {NotSafetensors} with what is wrong
 */
export function readMixedSafetensors(bytes: Uint8Array): {
  tensors: NamedTensor<TensorValues>[];
  metadata: Readonly<Record<string, unknown>>;
} {
  const header = parseHeader(bytes);
  const dataAt = LENGTH_BYTES + header.length;
  const entries = Object.entries(header.json)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => ({ name, ...tensorEntry(name, value) }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  const tensors = entries.map(({ name, dtype, shape, begin, end }) => {
    if (begin !== expected)
      throw new NotSafetensors(`tensor "${name}" begins at ${begin}, not at ${expected}`);
    const count = shape.reduce((product, n) => product * n, 1);
    const size = dtype === 'F64' ? 8 : 4;
    if (end - begin !== count * size)
      throw new NotSafetensors(`tensor "${name}" of shape [${shape.join(', ')}] has ${end - begin} bytes`);
    if (dataAt + end > bytes.length) throw new NotSafetensors(`tensor "${name}" is cut off`);
    expected = end;
    const values = dtypes[dtype]!(count);
    bytesOf(values).set(bytes.subarray(dataAt + begin, dataAt + end));
    bytesOf(values).set(littleEndian(values));
    return { name, shape, values };
  });
  if (dataAt + expected !== bytes.length)
    throw new NotSafetensors(`${bytes.length - dataAt - expected} bytes belong to no tensor`);
  const metadata = header.json['__metadata__'];
  return { tensors, metadata: isRecord(metadata) ? metadata : {} };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorValues) =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Values as bytes of the format, or bytes of the format as values: little-endian, whatever the machine is. */
function littleEndian(values: TensorValues): Uint8Array {
  const bytes = bytesOf(values);
  if (endianness() === 'LE') return bytes;
  return values.BYTES_PER_ELEMENT === 8 ? Buffer.from(bytes).swap64() : Buffer.from(bytes).swap32();
}

function parseHeader(bytes: Uint8Array): { length: number; json: Record<string, unknown> } {
  if (bytes.length < LENGTH_BYTES) throw new NotSafetensors(`it has only ${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, bytes.length - LENGTH_BYTES)))
    throw new NotSafetensors(`its header claims ${length} bytes`);
  const text = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + Number(length));
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw new NotSafetensors('its header is not JSON');
  }
  if (!isRecord(json)) throw new NotSafetensors('its header is not a JSON object');
  return { length: Number(length), json };
}

function tensorEntry(
  name: string,
  value: unknown,
): { dtype: string; shape: number[]; begin: number; end: number } {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypes, dtype))
    throw new NotSafetensors(
      `tensor "${name}" is of dtype ${String(dtype)}; known are ${Object.keys(dtypes).join(', ')}`,
    );
  if (!isCounts(shape)) throw new NotSafetensors(`tensor "${name}" has no proper shape`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
    throw new NotSafetensors(`tensor "${name}" has no proper place`);
  return { dtype, shape, begin: offsets[0]!, end: offsets[1]! };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
