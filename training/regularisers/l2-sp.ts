import type { Variable } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { Pull } from './pull.ts';

export type L2SpOptions = Readonly<{
  /** Pulls what was there before back to where it was. */
  alpha: number;
  /** Pulls what is new, such as a head for new labels, to 0. */
  beta: number;
  /** What is new, by name. */
  isNew: (name: string) => boolean;
}>;

/**
 * L2-SP: weights may leave their starting point only for a gain. The starting point is where the variables are now; it
 * takes memory only as they move away. For `pullPenalty`; the caller disposes each `towards`.
 *
 * Source: X. Li et al., "Explicit inductive bias for transfer learning with convolutional networks" (2018).
 */
export const l2Sp = (
  tf: Tf,
  variables: Iterable<readonly [string, Variable]>,
  { alpha, beta, isNew }: L2SpOptions,
): Pull[] =>
  [...variables].map(([name, variable]) =>
    isNew(name)
      ? { variable, towards: null, importance: null, strength: beta }
      : { variable, towards: tf.clone(variable), importance: null, strength: alpha },
  );
