import type { Targets } from './objective.ts';

/**
 * Something that can take Adam steps on a network, wherever its numbers live. Two implementations: typed arrays, and
 * TensorFlow's own operations. The same seed on the same one gives the same weights.
 */
export interface Learner {
  /**
   * One Adam step down the mean loss of a batch.
   *
   * @param x encoded rows [n, inputs], row-major
   * @param targets label index a row, or the number to hit
   * @param weights weight a row, or null where all count 1
   */
  step(x: Float32Array, targets: Targets, rate: number, weights: Float32Array | null): void;
  /** Logits [n, outputs] of encoded rows. */
  logits(x: Float32Array, rows: number): Float32Array;
  /** A copy of the weights, laid out as `layersOf` says. */
  weights(): Float32Array<ArrayBuffer>;
  /** A copy of all that the next step depends on, with every digit: a learner made from it takes the same steps. */
  state(): LearnerState;
  dispose(): void;
}

/** Weights and Adam's two moments, laid out as `layersOf` says, and β1ᵗ and β2ᵗ of the steps taken. */
export type LearnerState = {
  weights: Float32Array | Float64Array;
  m: Float32Array | Float64Array;
  v: Float32Array | Float64Array;
  powers: readonly [number, number];
};

/** D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2015), with the constants of the paper. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
