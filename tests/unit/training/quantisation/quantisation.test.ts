import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { assert, constantFrom, integer, property, uint8Array } from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { int8Matrix } from '../../../../training/quantisation/int8-matrix.ts';
import { quantiseRows } from '../../../../training/quantisation/int8.ts';
import { quantiseNf4 } from '../../../../training/quantisation/nf4.ts';
import { nf4InWords, nf4Weight } from '../../../../training/quantisation/nf4-weight.ts';
import { quantisePieces } from '../../../../training/quantisation/nf4-words.ts';
import { halvesOf, packBytes, unpackBytes } from '../../../../training/quantisation/packed-codes.ts';
import { dequantised } from '../../../../training/quantisation/packed-matrix.ts';
import { quantisedLinear } from '../../../../training/quantisation/quantised-linear.ts';
import { random } from '../../../../training/random.ts';
import { tensorflows } from '../../../support/tensorflows.ts';

/** Half of the widest gap between two levels of NF4, of the largest of a block. */
const WORST = (1 - 0.6961928009986877) / 2;

const matrix = (rows: number, columns: number, seed: number): Float32Array => {
  const chance = random(seed);
  return Float32Array.from({ length: rows * columns }, () => chance.uniform() + chance.uniform() - 1);
};
/** In pieces that fit neither rows nor blocks. */
async function* pieces(floats: Float32Array, each: number): AsyncGenerator<Float32Array> {
  for (let at = 0; at < floats.length; at += each) yield floats.subarray(at, at + each);
}
const values = (tensor: Tensor): number[] => [...tensor.dataSync()];

describe.each(await tensorflows())('quantised weights on $name', ({ select }) => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await select();
  });

  test('packed codes come out as they went in', () => {
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    assert(
      property(uint8Array({ minLength: 1, maxLength: 40 }), (some) => {
        for (const codes of [some, every]) {
          const words = packBytes(codes);
          for (const as of ['int32', 'float32'] as const) {
            const bytes = tf.tidy(() => values(unpackBytes(tf, tf.tensor1d(words, 'int32'), as)));
            expect(bytes.slice(0, codes.length)).toEqual([...codes]);
            expect(bytes.slice(codes.length).every((byte) => byte === 0)).toBe(true);
          }
          const halves = new Uint16Array(words.buffer);
          tf.tidy(() => {
            const { lower, upper } = halvesOf(tf, tf.tensor1d(words, 'int32'));
            values(lower).forEach((half, i) => expect(half).toBe(halves[2 * i]));
            values(upper).forEach((half, i) => expect(half).toBe(halves[2 * i + 1]));
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  test('whatever the shape and the blocks, no number is further off than half of a gap', () => {
    assert(
      property(
        integer({ min: 1, max: 40 }),
        integer({ min: 1, max: 40 }),
        constantFrom(8, 64, 128),
        constantFrom(false, true),
        (rows, columns, block, double) => {
          const floats = matrix(rows, columns, rows * 41 + columns);
          const got = tf.tidy(() => {
            const weight = nf4Weight(tf, quantiseNf4(floats, [rows, columns], { block, double }));
            const back = values(dequantised(tf, weight));
            weight.dispose();
            return back as never;
          }) as number[];
          floats.forEach((x, i) => {
            const at = Math.floor(i / block) * block;
            const largest = Math.max(...floats.slice(at, at + block).map(Math.abs));
            // Quantised scales are themselves off, by at most a hundredth of their range.
            expect(Math.abs(got[i]! - x)).toBeLessThanOrEqual(WORST * largest + (double ? 0.02 : 1e-6));
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  test.each(['out-in', 'in-out'] as const)(
    'a linear layer %s computes with the floats, and its input has their gradient',
    (layout) => {
      const before = tf.memory().numTensors;
      const shape: [number, number] = layout === 'out-in' ? [24, 16] : [16, 24];
      const weight = nf4Weight(tf, quantiseNf4(matrix(...shape, 1), shape));
      tf.tidy(() => {
        const floats = dequantised(tf, weight);
        const bias = tf.tensor1d(matrix(1, 24, 2));
        const x = tf.tensor2d(matrix(5, 16, 3), [5, 16]);
        const target = tf.tensor2d(matrix(5, 24, 4), [5, 24]);
        const ours = quantisedLinear(tf, weight, bias, layout);
        const plain = (h: Tensor2D) => tf.add(tf.matMul(h, floats, false, layout === 'out-in'), bias);
        const lossOf = (layer: (h: Tensor2D) => Tensor) => (h: Tensor) =>
          tf.sum(tf.mul(layer(h as Tensor2D), target)).asScalar();
        const [gradient, expected] = [tf.grad(lossOf(ours))(x), tf.grad(lossOf(plain))(x)];
        values(ours(x)).forEach((y, i) => expect(y).toBeCloseTo(values(plain(x))[i]!, 5));
        values(gradient).forEach((g, i) => expect(g).toBeCloseTo(values(expected)[i]!, 5));
      });
      weight.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test('a table in 8 bits looks rows up within half a step of 127, and a row of zeros as zeros', async () => {
    const [rows, columns] = [9, 7];
    const floats = matrix(rows, columns, 5);
    floats.fill(0, 2 * columns, 3 * columns);
    const table = int8Matrix(tf, await quantiseRows([floats], [rows, columns]));
    const asked = Int32Array.of(8, 0, 2, 8);
    const got = tf.tidy(() => values(table.rows(asked)));
    for (const [i, row] of asked.entries()) {
      const own = floats.subarray(row * columns, (row + 1) * columns);
      const largest = Math.max(...own.map(Math.abs));
      own.forEach((x, column) =>
        expect(Math.abs(got[i * columns + column]! - x)).toBeLessThanOrEqual(largest / 254 + 1e-6),
      );
    }
    expect(table.bytes).toBe(rows * (2 * 4 + 4));
    table.dispose();
  });

  test('between steps it takes less than a fifth of its floats, as TensorFlow counts', () => {
    const shape: [number, number] = [256, 300];
    const floats = 4 * shape[0] * shape[1];
    const quantised = {
      single: quantiseNf4(matrix(...shape, 1), shape, { double: false }),
      double: quantiseNf4(matrix(...shape, 1), shape),
    };
    const sizes = Object.entries(quantised).map(([, of]) => {
      const before = tf.memory().numBytes;
      const weight = nf4Weight(tf, of);
      const x = tf.ones<Rank.R2>([2, 300]);
      const bytes = () => tf.memory().numBytes - before - 4 * x.size;
      expect(bytes()).toBe(weight.bytes);
      tf.tidy(
        () => void tf.grad((h) => tf.sum(quantisedLinear(tf, weight, null, 'out-in')(h as Tensor2D)))(x),
      );
      expect(bytes()).toBe(weight.bytes);
      weight.dispose();
      x.dispose();
      return weight.bytes / floats;
    });
    expect(sizes[0]).toBeCloseTo(0.125 + 1 / 64, 4);
    expect(sizes[1]).toBeCloseTo(0.125 + 1 / 256, 3);
  });
});

test('a block that is no multiple of 8 does not fit into words, and is refused', async () => {
  const [{ select }] = (await tensorflows()) as [Awaited<ReturnType<typeof tensorflows>>[number]];
  const tf = await select();
  expect(() => nf4Weight(tf, quantiseNf4(matrix(4, 4, 1), [4, 4], { block: 12 }))).toThrow(
    'no multiple of 8',
  );
});

test('what is multiplied stretch by stretch is multiplied whole, read from pieces of a file', async () => {
  const tf = await (await tensorflows()).at(-1)!.select();
  const shape = [1100, 1000] as const;
  const floats = matrix(...shape, 1);
  const packed = [
    nf4InWords(tf, await quantisePieces(pieces(floats, 70_001), shape)),
    int8Matrix(tf, await quantiseRows(pieces(floats, 70_001), shape)),
  ];
  const apart = (a: Tensor, b: Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
  for (const weight of packed) {
    expect(weight.stretches.length).toBeGreaterThan(1);
    tf.tidy(() => {
      const whole = dequantised(tf, weight);
      expect(apart(whole, tf.tensor2d(floats, [...shape]))).toBeLessThan(WORST + 0.02);
      for (const layout of ['out-in', 'in-out'] as const) {
        const outIn = layout === 'out-in';
        const [inputs, outputs] = outIn ? [1000, 1100] : [1100, 1000];
        const x = tf.tensor2d(matrix(3, inputs, 2), [3, inputs]);
        const dy = tf.tensor2d(matrix(3, outputs, 3), [3, outputs]);
        const layer = (h: Tensor) => quantisedLinear(tf, weight, null, layout)(h as Tensor2D);
        expect(apart(layer(x), tf.matMul(x, whole, false, outIn))).toBeLessThan(1e-3);
        const gradient = tf.grad(layer)(x, tf.clone(dy));
        expect(apart(gradient, tf.matMul(dy, whole, false, !outIn))).toBeLessThan(1e-3);
      }
    });
    weight.dispose();
  }
});
