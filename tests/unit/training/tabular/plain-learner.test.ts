import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { random } from '../../../../training/random.ts';
import { initialWeights, layersOf, silentInputs, weightCount } from '../../../../training/tabular/network.ts';
import { plainLearner } from '../../../../training/tabular/plain-learner.ts';

const shape = { inputs: 3, hidden: [5, 4], outputs: 3 };

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

/** The same network by tfjs' automatic differentiation and its Adam: an independent implementation. */
function byAutodiff(initial: Float32Array, x: Float32Array, y: Int32Array, weights: Float32Array | null) {
  const layers = layersOf(shape);
  const variables = layers.flatMap((l) => [
    tf.variable(tf.tensor2d(initial.slice(l.kernelAt, l.biasAt), [l.inputs, l.outputs])),
    tf.variable(tf.tensor1d(initial.slice(l.biasAt, l.biasAt + l.outputs))),
  ]);
  const adam = tf.train.adam(0.01, 0.9, 0.999, 1e-8);
  const rows = y.length;
  return {
    step() {
      adam.minimize(() => {
        let h: tf.Tensor = tf.tensor2d(x, [rows, shape.inputs]);
        for (const [i, l] of layers.entries()) {
          h = tf.add(tf.matMul(h as tf.Tensor2D, variables[2 * i] as tf.Tensor2D), variables[2 * i + 1]!);
          if (l.relu) h = tf.relu(h);
        }
        const loss = tf.losses.softmaxCrossEntropy(
          tf.oneHot(tf.tensor1d(y, 'int32'), shape.outputs),
          h,
          undefined,
          0,
          tf.Reduction.NONE,
        );
        return tf.mean<tf.Scalar>(weights ? tf.mul(loss, tf.tensor1d(weights)) : loss);
      });
    },
    weights: () => Float32Array.from(variables.flatMap((v) => [...v.dataSync()])),
  };
}

test.each([
  ['all rows count the same', false],
  ['rows have weights', true],
])('learns like automatic differentiation when %s', (_, weighted) => {
  const chance = random(3);
  const rows = 7;
  const x = Float32Array.from({ length: rows * 3 }, () => 2 * chance.uniform() - 1);
  const y = Int32Array.from({ length: rows }, (_, i) => i % 3);
  const weights = weighted ? Float32Array.from(y, (label) => 0.5 + label) : null;
  const initial = initialWeights(shape, chance);
  const reference = byAutodiff(initial, x, y, weights);
  const learner = plainLearner(shape, initial);
  for (let i = 0; i < 20; i += 1) {
    reference.step();
    learner.step(x, y, 0.01, weights);
  }
  const [ours, theirs] = [learner.weights(), reference.weights()];
  expect(ours).toHaveLength(weightCount(shape));
  let moved = 0;
  for (let i = 0; i < ours.length; i += 1) {
    // Float32, and where Adam's ε stands, make so much of a difference in 20 steps of 0.01.
    expect(Math.abs(ours[i]! - theirs[i]!)).toBeLessThan(2e-4);
    moved = Math.max(moved, Math.abs(ours[i]! - initial[i]!));
  }
  expect(moved).toBeGreaterThan(0.05);
});

test('the same seed gives the same weights, another seed others', () => {
  expect(initialWeights(shape, random(5))).toEqual(initialWeights(shape, random(5)));
  expect(initialWeights(shape, random(5))).not.toEqual(initialWeights(shape, random(6)));
});

test('inputs that are never anything but 0 begin with weights of 0', () => {
  const silent = silentInputs(Float32Array.of(1, 0, 2, 3, 0, 0), 3);
  expect([...silent]).toEqual([1]);
  const weights = initialWeights(shape, random(1), silent);
  expect([...weights.subarray(5, 10)]).toEqual([0, 0, 0, 0, 0]);
  expect([...weights.subarray(0, 5)].every((w) => w !== 0)).toBe(true);
});
