import { beforeAll, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { crossEntropy } from '../../../../training/losses/cross-entropy.ts';
import { accumulatedGradients } from '../../../../training/optimization/gradient-accumulation.ts';
import { tensorflows } from '../../../support/tensorflows.ts';

const x = [
  [1, 2],
  [0.5, -1],
  [2, 2],
  [-1, 0],
  [0, 3],
];
const labels = [0, 2, -100, 1, 1];

describe.each(await tensorflows())('a batch in parts, on $name', ({ select }) => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await select();
  });

  const gradientOf = (parts: readonly (readonly [number, number])[], classWeights: number[]) => {
    const kernel = tf.tidy(() => tf.variable(tf.tensor2d([0.1, -0.2, 0.3, 0.4, 0.5, -0.6], [2, 3])));
    const { loss, gradients } = accumulatedGradients(
      tf,
      [kernel],
      parts.map(([from, to]) => ({
        weight: labels
          .slice(from, to)
          .reduce((sum, label) => sum + (label < 0 ? 0 : classWeights[label]!), 0),
        loss: () =>
          crossEntropy(
            tf,
            tf.matMul(tf.tensor2d(x.slice(from, to)), kernel),
            tf.tensor1d(labels.slice(from, to), 'int32'),
            { classWeights },
          ),
      })),
    );
    const result = [...loss.dataSync(), ...gradients[kernel.name]!.dataSync()];
    tf.dispose([kernel, loss, gradients]);
    return result;
  };

  test('has loss and gradients of the whole, however many items a part counts', () => {
    const before = tf.memory().numTensors;
    for (const weights of [
      [1, 1, 1],
      [2, 0.5, 7],
    ]) {
      const whole = gradientOf([[0, 5]], weights);
      const inParts = gradientOf([[0, 1], [1, 4], [4, 5]], weights); // oxfmt-ignore
      inParts.forEach((value, i) => expect(value).toBeCloseTo(whole[i]!, 6));
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('with nothing that counts has gradients of 0', () => {
    expect(gradientOf([[2, 3]], [1, 1, 1]).every((value) => value === 0)).toBe(true);
  });
});
