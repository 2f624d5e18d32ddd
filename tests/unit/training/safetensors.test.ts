import { expect, test } from 'vitest';
import { decodeHalf, encodeHalf } from '../../../training/half-floats.ts';
import {
  NotSafetensors,
  readMixedSafetensors,
  readSafetensors,
  writeSafetensors,
} from '../../../training/safetensors.ts';

const tensors = [
  { name: 'a', shape: [2, 2], values: Float32Array.of(1, -2, 3.5, 1e-7) },
  { name: 'b', shape: [1], values: Float32Array.of(Infinity) },
  { name: 'empty', shape: [0, 3], values: new Float32Array() },
];

/** A file with any header, right or wrong, and so many bytes of data. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
const f32 = (shape: number[], begin: number, end: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

test('tensors come back as they were written, and always as the same bytes', () => {
  const bytes = writeSafetensors(tensors);
  expect(readSafetensors(bytes)).toEqual(tensors);
  expect(writeSafetensors(readSafetensors(bytes))).toEqual(bytes);
  expect((bytes.length - (4 + 1) * 4) % 8).toBe(0);
});

test('tensors of three kinds come back with every digit, and the metadata with every letter', () => {
  const mixed = [
    { name: 'f', shape: [2], values: Float32Array.of(0.1, -0) },
    { name: 'd', shape: [1, 2], values: Float64Array.of(0.1, Number.MIN_VALUE) },
    { name: 'i', shape: [2], values: Int32Array.of(-1, 2 ** 31 - 1) },
  ];
  const metadata = { by: 'Åse', what: '{"step":3}' };
  const bytes = writeSafetensors(mixed, metadata);
  expect(readMixedSafetensors(bytes)).toEqual({ tensors: mixed, metadata });
  expect(() => readSafetensors(bytes)).toThrow(/"d" is of dtype F64, not F32/);
});

test('a file by hand, as the format says, is read: metadata is skipped, values are little-endian', () => {
  const bytes = file({ __metadata__: { by: 'hand' }, x: f32([1], 0, 4) }, 4);
  bytes.set([0, 0, 128, 63], bytes.length - 4);
  expect(readSafetensors(bytes)).toEqual([{ name: 'x', shape: [1], values: Float32Array.of(1) }]);
});

test('16-bit floats become float32 exactly, and round to the nearest on the way back', () => {
  const half = { ...f32([6], 0, 12), dtype: 'F16' };
  const bytes = file({ x: half }, 12);
  // 1, −2, the largest, the smallest normal, the smallest subnormal, infinity
  const bits = Uint16Array.of(0x3c_00, 0xc0_00, 0x7b_ff, 0x04_00, 0x00_01, 0x7c_00);
  bytes.set(new Uint8Array(bits.buffer), bytes.length - 12);
  const values = Float32Array.of(1, -2, 65_504, 2 ** -14, 2 ** -24, Infinity);
  expect(readSafetensors(bytes)).toEqual([{ name: 'x', shape: [6], values }]);

  const between = [
    { name: 'x', shape: [4], values: Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, -65_520) },
  ];
  expect([...readSafetensors(writeSafetensors(between, {}, 'F16'))[0]!.values]).toEqual([
    1,
    1 + 2 ** -9,
    0,
    -Infinity,
  ]);
  const brain = [
    { name: 'x', shape: [3], values: Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, Number.NaN) },
  ];
  expect([...readSafetensors(writeSafetensors(brain, {}, 'BF16'))[0]!.values]).toEqual([
    1,
    1 + 2 ** -6,
    Number.NaN,
  ]);
});

test('every 16-bit float survives reading and writing', () => {
  for (const kind of ['F16', 'BF16'] as const) {
    const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
    const again = encodeHalf(kind, decodeHalf(kind, bits));
    const values = decodeHalf(kind, bits);
    const back = decodeHalf(kind, again);
    const lost = bits.filter((bit, i) =>
      Number.isNaN(values[i]) ? !Number.isNaN(back[i]) : again[i] !== bit,
    );
    expect(lost).toHaveLength(0);
  }
});

test('64-bit integers that are none of 32 bits are refused, others are read', () => {
  const wide = (value: bigint) => {
    const bytes = file({ x: { ...f32([1], 0, 8), dtype: 'I64' } }, 8);
    new DataView(bytes.buffer).setBigInt64(bytes.length - 8, value, true);
    return bytes;
  };
  expect(readMixedSafetensors(wide(-5n)).tensors[0]!.values).toEqual(Int32Array.of(-5));
  expect(() => readMixedSafetensors(wide(2n ** 31n))).toThrow(/holds 2147483648/);
  expect(() => readSafetensors(wide(1n))).toThrow(NotSafetensors);
});

test.each([
  [
    'a header longer than the file',
    Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 127, 0]),
    /header claims/,
  ],
  ['too few bytes for a header', new Uint8Array(3), /only 3 bytes/],
  ['a header that is not JSON', file('{"a"', 0), /not JSON/],
  ['a header that is a list', file([], 0), /not a JSON object/],
  ['more values than bytes', file({ x: f32([3], 0, 8) }, 8), /has 8 bytes/],
  ['an overflowing shape', file({ x: f32([2 ** 31, 2 ** 31, 4], 0, 8) }, 8), /has 8 bytes/],
  ['a negative size', file({ x: f32([-1], 0, 4) }, 4), /no proper shape/],
  ['a place beyond the end', file({ x: f32([2], 0, 8) }, 4), /cut off/],
  ['a hole', file({ x: f32([1], 0, 4), y: f32([1], 8, 12) }, 12), /begins at 8/],
  ['an overlap', file({ x: f32([1], 0, 4), y: f32([1], 0, 4) }, 4), /begins at 0/],
  ['bytes that belong to nothing', file({ x: f32([1], 0, 4) }, 8), /belong to no tensor/],
  ['another dtype', file({ x: { ...f32([1], 0, 4), dtype: 'I32' } }, 4), /dtype I32/],
  [
    'a dtype that nobody knows',
    file({ x: { ...f32([1], 0, 4), dtype: 'F8_E4M3' } }, 4),
    /dtype F8_E4M3; known are/,
  ],
  ['a place that runs backwards', file({ x: f32([0], 4, 0) }, 4), /no proper place/],
])('%s is refused', (_, bytes, why) => {
  expect(() => readSafetensors(bytes)).toThrow(NotSafetensors);
  expect(() => readSafetensors(bytes)).toThrow(why);
});
