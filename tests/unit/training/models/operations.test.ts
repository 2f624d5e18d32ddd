import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { activations, swiglu } from '../../../../training/models/activations.ts';
import { attention } from '../../../../training/models/attention.ts';
import { dropout } from '../../../../training/models/dropout.ts';
import { plainLinear } from '../../../../training/models/linear.ts';
import { causalMask } from '../../../../training/models/masks.ts';
import { layerNorm, rmsNorm } from '../../../../training/models/normalisation.ts';
import { residual } from '../../../../training/models/residual.ts';
import { rotaryOf } from '../../../../training/models/rotary.ts';
import { takeRows } from '../../../../training/models/rows.ts';
import { seededChance } from '../../../../training/models/seeded-chance.ts';
import { random } from '../../../../training/random.ts';

beforeAll(async () => {
  const before = tf.getBackend();
  await tf.setBackend('cpu');
  return async () => void (before && (await tf.setBackend(before)));
});

const chance = random(3);
const values = (...shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 2 * chance.uniform() - 1),
    shape,
  );

/**
 * The gradients of a weighted sum of the outputs, beside differences of the function itself: (f(x + h) − f(x − h)) / 2h.
 */
function expectRightGradients(f: (...inputs: Tensor[]) => Tensor, shapes: number[][]): void {
  const inputs = shapes.map((shape) => tf.variable(values(...shape)));
  const weights = values(...f(...inputs).shape);
  const loss = () => tf.sum(tf.mul(f(...inputs), weights)).asScalar();
  const { grads } = tf.variableGrads(loss, inputs);
  const h = 1e-2;
  for (const [i, input] of inputs.entries()) {
    const start = input.dataSync().slice();
    const gradient = grads[input.name]!.dataSync();
    for (let at = 0; at < start.length; at += 1) {
      const shifted = [h, -h].map((by) => {
        const moved = start.slice();
        moved[at]! += by;
        input.assign(tf.tensor(moved, input.shape));
        return loss().dataSync()[0]!;
      });
      const slope = (shifted[0]! - shifted[1]!) / (2 * h);
      expect(Math.abs(gradient[at]! - slope), `input ${i}, value ${at}`).toBeLessThan(3e-3);
      input.assign(tf.tensor(start, input.shape));
    }
  }
}

describe('the gradient that is written out is the slope of', () => {
  const as = (tensor: Tensor | undefined) => tensor as Tensor2D;

  test.each(['gelu', 'gelu-tanh', 'silu'] as const)('%s', (name) => {
    expectRightGradients((x) => activations[name](tf, as(x)), [[3, 4]]);
  });

  test('the gated part', () => {
    expectRightGradients((gate, up) => swiglu(tf, as(gate), as(up)), [[3, 4], [3, 4]]); // oxfmt-ignore
  });

  test('normalisations, by the gain and the shift too', () => {
    expectRightGradients((x, gain, shift) => layerNorm(tf, as(x), gain as tf.Tensor1D, shift as tf.Tensor1D, 1e-5), [[3, 5], [5], [5]]); // oxfmt-ignore
  });

  test('root-mean-square normalisation, by the gain too', () => {
    expectRightGradients((x, gain) => rmsNorm(tf, as(x), gain as tf.Tensor1D, 1e-5), [[3, 5], [5]]); // oxfmt-ignore
  });

  test.each(['out-in', 'in-out'] as const)('a matrix that lies %s', (layout) => {
    const shape = layout === 'out-in' ? [5, 4] : [4, 5];
    const f = (x?: Tensor, w?: Tensor, b?: Tensor) =>
      plainLinear(tf, w as Tensor2D, b as tf.Tensor1D, layout)(as(x));
    expectRightGradients(f, [[3, 4], shape, [5]]);
  });

  test('rows, of which some are taken twice', () => {
    expectRightGradients((table) => takeRows(tf, as(table), Int32Array.of(2, 0, 2)), [[4, 3]]);
  });

  test('a sum, of a thing and itself too', () => {
    expectRightGradients((x, y) => residual(tf, residual(tf, as(x), as(y)), as(x)), [[2, 3], [2, 3]]); // oxfmt-ignore
  });

  test.each([
    ['alike heads', { heads: 2, kvHeads: 2 }, 0],
    ['heads that share keys', { heads: 4, kvHeads: 2 }, 0],
    ['one head of keys for all, and dropout', { heads: 2, kvHeads: 1 }, 0.4],
  ])('attention with %s, turned and masked', (_, heads, rate) => {
    const shape = { batch: 2, length: 3, headDim: 4, ...heads };
    const at = { positions: [0, 1, 2, 0, 0, 1], batch: 2, length: 3 };
    const options = {
      mask: causalMask(tf, 3, 3),
      rotary: rotaryOf(tf, { kind: 'default', theta: 10 }, 4, at),
      dropout: rate,
    };
    const f = (q?: Tensor, k?: Tensor, v?: Tensor) =>
      attention(tf, [as(q), as(k), as(v)], shape, { ...options, chance: seededChance(tf, 1, 1) });
    const width = (count: number) => [6, count * 4];
    expectRightGradients(f, [width(heads.heads), width(heads.kvHeads), width(heads.kvHeads)]);
  });
});

describe('dropout', () => {
  const x = tf.ones<tf.Rank.R2>([200, 50]);

  test('is the same for the same seed and step, and another for the next', () => {
    const drawn = ([seed, step]: [number, number]) => [
      ...dropout(tf, x, 0.25, seededChance(tf, seed, step)).dataSync(),
    ];
    expect(drawn([1, 2])).toEqual(drawn([1, 2]));
    expect(drawn([1, 2])).not.toEqual(drawn([1, 3]));
    expect(drawn([1, 2])).not.toEqual(drawn([2, 2]));
  });

  test('drops its share, keeps the mean, and never repeats itself within a step', () => {
    const step = seededChance(tf, 4, 1);
    const first = dropout(tf, x, 0.25, step).dataSync();
    expect([...new Set(first)].sort()).toEqual([0, Math.fround(1 / 0.75)]);
    expect(first.filter((one) => one === 0).length / first.length).toBeCloseTo(0.25, 1);
    expect([...dropout(tf, x, 0.25, step).dataSync()]).not.toEqual([...first]);
  });

  test('does nothing where nothing is learnt, or nothing dropped', () => {
    expect(dropout(tf, x, 0.25, undefined)).toBe(x);
    expect(dropout(tf, x, 0, seededChance(tf, 1, 1))).toBe(x);
  });
});
