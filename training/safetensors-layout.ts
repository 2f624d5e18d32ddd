/**
 * What the header of a safetensors file says: which tensors it has, and where. It is read on its own, so that a file
 * larger than memory can be taken tensor by tensor.
 *
 * Source: https://github.com/huggingface/safetensors, "Format".
 */
export type Layout = {
  /** Where the data begins, in bytes from the start of the file. */
  dataAt: number;
  /** In the order of their places, which are in bytes from `dataAt`. */
  places: Place[];
  metadata: Readonly<Record<string, unknown>>;
};
export type Place = { name: string; dtype: Dtype; shape: number[]; begin: number; end: number };
export type Dtype = keyof typeof bytesOfDtype;

/** A reason, in words, why bytes are not what they should be; whoever reads the file knows its name. */
export class NotSafetensors extends Error {
  override readonly name = 'NotSafetensors';
}

/** The length of the header, which a file begins with. */
export const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 16 * 2 ** 20;

const bytesOfDtype = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 } as const;

/**
 * How many bytes the header takes up after the first eight.
 *
 * @throws {NotSafetensors}
 */
export function headerBytes(start: Uint8Array, fileBytes: number): number {
  if (start.length < LENGTH_BYTES) throw new NotSafetensors(`it has only ${start.length} bytes`);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, fileBytes - LENGTH_BYTES)))
    throw new NotSafetensors(`its header claims ${length} bytes`);
  return Number(length);
}

/**
 * Every byte has to be accounted for: tensors lie end to end, from the header's end to the file's, and each is as long
 * as its shape says.
 *
 * @param start the file's beginning, at least up to the end of the header
 * @throws {NotSafetensors} with what is wrong
 */
export function readLayout(start: Uint8Array, fileBytes: number): Layout {
  const length = headerBytes(start, fileBytes);
  const header = parseHeader(start.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  const dataAt = LENGTH_BYTES + length;
  const places = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => placeOf(name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, dtype, shape, begin, end } of places) {
    if (begin !== expected)
      throw new NotSafetensors(`tensor "${name}" begins at ${begin}, not at ${expected}`);
    const count = shape.reduce((product, n) => product * n, 1);
    if (end - begin !== count * bytesOfDtype[dtype])
      throw new NotSafetensors(`tensor "${name}" of shape [${shape.join(', ')}] has ${end - begin} bytes`);
    if (dataAt + end > fileBytes) throw new NotSafetensors(`tensor "${name}" is cut off`);
    expected = end;
  }
  if (dataAt + expected !== fileBytes)
    throw new NotSafetensors(`${fileBytes - dataAt - expected} bytes belong to no tensor`);
  const metadata = header['__metadata__'];
  return { dataAt, places, metadata: isRecord(metadata) ? metadata : {} };
}

function parseHeader(text: Uint8Array): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw new NotSafetensors('its header is not JSON');
  }
  if (!isRecord(json)) throw new NotSafetensors('its header is not a JSON object');
  return json;
}

function placeOf(name: string, value: unknown): Place {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (!isDtype(dtype))
    throw new NotSafetensors(
      `tensor "${name}" is of dtype ${String(dtype)}; known are ${Object.keys(bytesOfDtype).join(', ')}`,
    );
  if (!isCounts(shape)) throw new NotSafetensors(`tensor "${name}" has no proper shape`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
    throw new NotSafetensors(`tensor "${name}" has no proper place`);
  return { name, dtype, shape, begin: offsets[0]!, end: offsets[1]! };
}

const isDtype = (value: unknown): value is Dtype =>
  typeof value === 'string' && Object.hasOwn(bytesOfDtype, value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
