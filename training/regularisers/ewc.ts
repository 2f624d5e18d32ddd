import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { Pull } from './pull.ts';

/**
 * Elastic weight consolidation: what mattered to the old task is held where it is now, as firmly as it mattered; the
 * rest is free. λ/2 · Σ F · (θ − θ*)². For `pullPenalty`; the caller disposes each `towards`. A variable without an
 * importance, such as a new head, is free.
 *
 * Source: J. Kirkpatrick et al., "Overcoming catastrophic forgetting in neural networks" (2017).
 *
 * @param importance of each variable by its name, from `empiricalFisher` or `trueFisher`
 */
export function ewc(
  tf: Tf,
  variables: Iterable<readonly [string, Variable]>,
  importance: ReadonlyMap<string, Tensor>,
  lambda: number,
): Pull[] {
  const pulls: Pull[] = [];
  for (const [name, variable] of variables) {
    const fisher = importance.get(name);
    if (fisher) pulls.push({ variable, towards: tf.clone(variable), importance: fisher, strength: lambda });
  }
  return pulls;
}
