import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';

/**
 * The chance of one training step: masks of 0 and 1/(1 − rate), a new one for each question. There is none while a
 * network only answers.
 */
export type Chance = {
  (shape: readonly number[], rate: number): Tensor;
  /** How many questions there have been. */
  asked(): number;
  /** Asks as if there had been so many: the same questions get the same masks once more. */
  again<T>(asked: number, ask: () => T): T;
};

/** x with some of its units zero and the others larger, so that its mean stays; x itself where nothing is dropped. */
export function dropout(tf: Tf, x: Tensor2D, rate: number, chance: Chance | undefined): Tensor2D {
  if (!chance || rate === 0) return x;
  return withGradient<Tensor2D>(
    tf,
    [x],
    (save) => {
      const mask = chance(x.shape, rate);
      save([mask]);
      return tf.mul(x, mask);
    },
    (dy, [mask]) => [tf.mul(dy, mask!)],
  );
}
