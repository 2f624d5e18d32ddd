import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';

/** A spring on one parameter. */
export type Pull = Readonly<{
  /** What is pulled: a variable that is trained. */
  variable: Tensor;
  /** Where to; null: to 0. */
  towards: Tensor | null;
  /** How much each of its numbers matters; null: all the same. */
  importance: Tensor | null;
  strength: number;
}>;

/**
 * Σ strength/2 · Σ importance · (θ − towards)² over the parameters: what is added to the loss. One node for automatic
 * differentiation, whose gradient is strength · importance · (θ − towards).
 *
 * @param pulls at least one
 */
export function pullPenalty(tf: Tf, pulls: readonly Pull[]): Scalar {
  return withGradient<Scalar>(
    tf,
    pulls.map(({ variable }) => variable),
    (save) => {
      const forces: Tensor[] = [];
      const energies = pulls.map(({ variable, towards, importance, strength }) => {
        const apart = towards ? tf.sub(variable, towards) : variable;
        const force = importance ? tf.mul(apart, importance) : apart;
        forces.push(force);
        return tf.mul<Scalar>(tf.sum(tf.mul(force, apart)), strength / 2);
      });
      save(forces);
      return tf.addN(energies);
    },
    (dy, forces) => forces.map((force, i) => tf.mul(force, tf.mul(dy, pulls[i]!.strength))),
  );
}
