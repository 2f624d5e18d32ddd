import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { assert, constantFrom, integer, property, uint8Array } from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { quantiseNf4 } from '../../../../training/quantisation/nf4.ts';
import { nf4Weight } from '../../../../training/quantisation/nf4-weight.ts';
import { packCodes, unpackFields } from '../../../../training/quantisation/packed-codes.ts';
import { quantisedLinear } from '../../../../training/quantisation/quantised-linear.ts';
import { random } from '../../../../training/random.ts';
import { tensorflows } from '../../../support/tensorflows.ts';

/** Half of the widest gap between two levels of NF4, of the largest of a block. */
const WORST = (1 - 0.6961928009986877) / 2;

const matrix = (rows: number, columns: number, seed: number): Float32Array => {
  const chance = random(seed);
  return Float32Array.from({ length: rows * columns }, () => chance.uniform() + chance.uniform() - 1);
};
const values = (tensor: Tensor): number[] => [...tensor.dataSync()];

describe.each(await tensorflows())('quantised weights on $name', ({ select }) => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await select();
  });

  test('packed codes come out as they went in', () => {
    assert(
      property(
        constantFrom(4, 8, 16),
        uint8Array({ minLength: 1, maxLength: 40, max: 15 }),
        (bits, codes) => {
          const words = packCodes(codes, bits);
          const fields = tf.tidy(() =>
            values(unpackFields(tf, tf.tensor3d(words, [words.length, 1, 1], 'int32'), bits)),
          );
          expect(fields.slice(0, codes.length)).toEqual([...codes]);
          expect(fields.slice(codes.length).every((field) => field === 0)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
    const all = packCodes(Uint8Array.from({ length: 256 }, (_, i) => i), 8); // prettier-ignore
    tf.tidy(() => {
      const fields = values(unpackFields(tf, tf.tensor3d(all, [64, 1, 1], 'int32'), 8));
      expect(fields).toEqual([...Array(256).keys()]);
    });
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
            const back = values(weight.dequantise());
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
        const floats = weight.dequantise();
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
