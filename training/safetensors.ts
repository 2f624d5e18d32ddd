/**
 * Named tensors in one file: 8 bytes of header length (little-endian), a JSON header with dtype, shape and place of each
 * tensor, then their bytes, one after the other. Written here rather than taken from a package because none is
 * maintained for Node, and because reading is where an artifact from somewhere else is either whole or refused.
 *
 * Source: https://github.com/huggingface/safetensors, "Format".
 */
export type NamedTensor = { name: string; shape: readonly number[]; values: Float32Array };

/** A reason, in words, why bytes are not what they should be; whoever reads the file knows its name. */
export class NotSafetensors extends Error {
  override readonly name = 'NotSafetensors';
}

const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 16 * 2 ** 20;

/** Always the same bytes for the same tensors in the same order. */
export function writeSafetensors(tensors: readonly NamedTensor[]): Uint8Array {
  let at = 0;
  const header = Object.fromEntries(
    tensors.map(({ name, shape, values }) => {
      const begin = at;
      at += values.byteLength;
      return [name, { dtype: 'F32', shape, data_offsets: [begin, at] }];
    }),
  );
  // Padded with spaces so that the data is aligned, as the format recommends.
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const bytes = new Uint8Array(LENGTH_BYTES + text.length + at);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, LENGTH_BYTES);
  let to = LENGTH_BYTES + text.length;
  for (const { values } of tensors)
    for (const value of values) {
      view.setFloat32(to, value, true);
      to += 4;
    }
  return bytes;
}

/**
 * Reads float32 tensors. Every byte has to be accounted for: tensors lie end to end, from the header's end to the
 * file's, and each is as long as its shape says.
 *
 * @throws {NotSafetensors} with what is wrong
 */
export function readSafetensors(bytes: Uint8Array): NamedTensor[] {
  const header = parseHeader(bytes);
  const dataAt = LENGTH_BYTES + header.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = Object.entries(header.json)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => ({ name, ...tensorEntry(name, value) }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  const tensors = entries.map(({ name, shape, begin, end }) => {
    if (begin !== expected)
      throw new NotSafetensors(`tensor "${name}" begins at ${begin}, not at ${expected}`);
    const count = shape.reduce((product, n) => product * n, 1);
    if (end - begin !== count * 4)
      throw new NotSafetensors(`tensor "${name}" of shape [${shape.join(', ')}] has ${end - begin} bytes`);
    if (dataAt + end > bytes.length) throw new NotSafetensors(`tensor "${name}" is cut off`);
    expected = end;
    const values = new Float32Array(count);
    for (let i = 0; i < count; i += 1) values[i] = view.getFloat32(dataAt + begin + 4 * i, true);
    return { name, shape, values };
  });
  if (dataAt + expected !== bytes.length)
    throw new NotSafetensors(`${bytes.length - dataAt - expected} bytes belong to no tensor`);
  return tensors;
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
  if (json === null || typeof json !== 'object' || Array.isArray(json))
    throw new NotSafetensors('its header is not a JSON object');
  return { length: Number(length), json: json as Record<string, unknown> };
}

function tensorEntry(name: string, value: unknown): { shape: number[]; begin: number; end: number } {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (dtype !== 'F32') throw new NotSafetensors(`tensor "${name}" is of dtype ${String(dtype)}, not F32`);
  if (!isCounts(shape)) throw new NotSafetensors(`tensor "${name}" has no proper shape`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
    throw new NotSafetensors(`tensor "${name}" has no proper place`);
  return { shape, begin: offsets[0]!, end: offsets[1]! };
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
