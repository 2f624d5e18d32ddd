import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { binaryCrossEntropy } from '../../../../training/losses/binary-cross-entropy.ts';
import { crossEntropy } from '../../../../training/losses/cross-entropy.ts';
import { binaryDistillation, distillation } from '../../../../training/losses/distillation.ts';
import { dpoOfPairs, dpoRewards } from '../../../../training/losses/dpo.ts';
import { binaryFocal, binaryFocalItems, focal } from '../../../../training/losses/focal.ts';
import { nextTokenLoss, sequenceLogProbabilities } from '../../../../training/losses/next-token.ts';
import { tensorflows } from '../../../support/tensorflows.ts';

const values = (tensor: Tensor): number[] => [...tensor.dataSync()];

describe.each(await tensorflows())('losses on $name', ({ select }) => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await select();
  });

  /** The gradient by hand beside the slope of the loss itself. */
  function expectGradient(at: number[][], loss: (x: Tensor) => Scalar): void {
    const [value, gradient] = [tf.valueAndGrad(loss)(tf.tensor2d(at)).value, tf.grad(loss)(tf.tensor2d(at))];
    expect(Number.isFinite(values(value)[0])).toBe(true);
    const step = 1e-2;
    const ours = values(gradient);
    at.flat().forEach((_, i) => {
      const moved = (by: number) => {
        const x = at.map((row) => [...row]);
        x[Math.floor(i / at[0]!.length)]![i % at[0]!.length]! += by;
        return values(loss(tf.tensor2d(x)))[0]!;
      };
      expect(ours[i]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 3);
    });
  }

  const logits = [
    [2, -1, 0.5],
    [0.1, 0.2, -3],
    [-1, 1.5, 1],
  ];
  const labels = [0, 2, -100];

  test.each([
    ['cross-entropy', (x: Tensor) => crossEntropy(tf, x as never, tf.tensor1d(labels, 'int32'))],
    [
      'cross-entropy, smoothed and weighted',
      (x: Tensor) =>
        crossEntropy(tf, x as never, tf.tensor1d(labels, 'int32'), {
          labelSmoothing: 0.2,
          classWeights: [1, 3, 0.5],
        }),
    ],
    ['focal', (x: Tensor) => focal(tf, x as never, tf.tensor1d(labels, 'int32'), { gamma: 0.5 })],
    ['focal of many labels', (x: Tensor) => binaryFocal(tf, x, tf.oneHot([0, 2, 1], 3), { alpha: 0.3 })],
    [
      'binary cross-entropy with weights',
      (x: Tensor) => binaryCrossEntropy(tf, x, tf.oneHot([0, 2, 1], 3), { positiveWeights: [1, 5, 0.2] }),
    ],
    [
      'binary cross-entropy, smoothed and weighted',
      (x: Tensor) =>
        binaryCrossEntropy(tf, x, tf.oneHot([0, 2, 1], 3), {
          positiveWeights: [1, 5, 0.2],
          labelSmoothing: 0.3,
        }),
    ],
    [
      'focal of many labels with weights',
      (x: Tensor) =>
        tf.mean<Scalar>(
          binaryFocalItems(tf, x, tf.oneHot([0, 2, 1], 3), { gamma: 2, positiveWeights: [1, 5, 0.2] }),
        ),
    ],
    [
      'distillation of many labels',
      (x: Tensor) => binaryDistillation(tf, x, tf.tensor2d([3, 0, 1, 1, 1, 1, 0, 0, 5], [3, 3])),
    ],
    [
      'distillation',
      (x: Tensor) =>
        distillation(
          tf,
          x as never,
          tf.tensor2d([3, 0, 1, 1, 1, 1, 0, 0, 5], [3, 3]),
          tf.tensor1d(labels, 'int32'),
          {
            temperature: 3,
            alpha: 0.7,
          },
        ),
    ],
  ])('%s has the gradient of its own slope', (_, loss) => {
    tf.tidy(() => expectGradient(logits, loss));
  });

  test('a sure and right answer costs nothing, and its gradient is a number', () => {
    tf.tidy(() => {
      const sure = tf.tensor2d([[200, 0]]);
      for (const gamma of [0, 0.5, 2]) {
        const loss = (x: Tensor) => focal(tf, x as never, tf.tensor1d([0], 'int32'), { gamma });
        expect(values(loss(sure))).toEqual([0]);
        expect(values(tf.grad(loss)(sure))).toEqual([0, 0]);
      }
      const far = (x: Tensor) => binaryCrossEntropy(tf, x, tf.tensor2d([[1, 0]]));
      expect(values(far(tf.tensor2d([[200, -200]])))).toEqual([0]);
      expect(values(far(tf.tensor2d([[-200, 200]])))[0]).toBeCloseTo(200, 3);
    });
  });

  test('a student that thinks as its teacher is no distance from it, label by label; one that does not is', () => {
    tf.tidy(() => {
      const teacher = tf.tensor2d([[4, -1]]);
      expect(values(binaryDistillation(tf, teacher, teacher))[0]).toBeCloseTo(0, 6);
      // At temperature 2 the sigmoids of 1 and 0 are .7311 and .5: KL = .7311 ln(.7311 / .5) + .2689 ln(.2689 / .5).
      const apart = binaryDistillation(tf, tf.tensor2d([[0]]), tf.tensor2d([[2]]));
      expect(values(apart)[0]).toBeCloseTo(4 * 0.110_944, 4);
    });
  });

  test('where everything is ignored the loss and its gradient are 0', () => {
    tf.tidy(() => {
      const loss = (x: Tensor) => crossEntropy(tf, x as never, tf.tensor1d([-100, -100], 'int32'));
      const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      expect(values(loss(x))).toEqual([0]);
      expect(values(tf.grad(loss)(x)).every((g) => g === 0)).toBe(true);
    });
  });

  test('a language model is asked for the next token, and never for one after the last', () => {
    tf.tidy(() => {
      const perToken = tf.tensor3d([0, 1, 2, 3, 4, 5, 6, 8, 1, 0, 0, 3], [1, 4, 3]);
      const tokens = tf.tensor2d([2, 1, 0, 2], [1, 4], 'int32');
      const rows = tf.slice(tf.reshape(perToken, [4, 3]), [0, 0], [3, 3]);
      const shifted = crossEntropy(tf, rows as never, tf.tensor1d([1, 0, 2], 'int32'));
      expect(values(nextTokenLoss(tf, perToken, tokens))[0]).toBeCloseTo(values(shifted)[0]!, 6);
      const prompt = tf.tensor2d([-100, -100, 0, 2], [1, 4], 'int32');
      const answer = crossEntropy(tf, rows as never, tf.tensor1d([-100, 0, 2], 'int32'), {
        reduction: 'sum',
      });
      expect(values(sequenceLogProbabilities(tf, perToken, prompt))[0]).toBeCloseTo(-values(answer)[0]!, 5);
    });
  });

  test('without a reference DPO is as with one that likes all answers the same', () => {
    tf.tidy(() => {
      const policy = { chosen: tf.tensor1d([-3, -8]), rejected: tf.tensor1d([-5, -2]) };
      const same = { chosen: tf.tensor1d([-4, -4]), rejected: tf.tensor1d([-4, -4]) };
      const free = values(dpoOfPairs(tf, policy, null, { beta: 0.3 }));
      expect(free).toEqual(values(dpoOfPairs(tf, policy, same, { beta: 0.3 })));
      expect(free[0]).toBeCloseTo(Math.log(1 + Math.exp(-0.6)), 6);
      expect(values(dpoRewards(tf, policy, null).chosen)[0]).toBeCloseTo(-0.3, 6);
    });
  });
});
