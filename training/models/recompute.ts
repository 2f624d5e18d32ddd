import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import type { Sight } from './attention.ts';
import type { Chance } from './dropout.ts';
import type { Parameters } from './parameters.ts';
import type { Weights } from './weights.ts';

/**
 * The same weights, with layers that keep nothing but what went into them: the backward pass computes a layer once more
 * before it goes back through it, so that what layers make on the way is there of one at a time. A third more to compute,
 * for memory that no longer grows with layers × tokens × their width.
 *
 * Source: Chen et al., "Training Deep Nets with Sublinear Memory Cost" (2016).
 *
 * @param trainedIn what is trained of a layer, by its name
 * @param chance of the step; computed again, a layer drops what it dropped
 */
export const recomputing = (
  tf: Tf,
  weights: Weights,
  trainedIn: (layer: string) => readonly Variable[],
  chance: Chance | undefined,
): Weights => ({
  ...weights,
  layer(name, states, sight, run) {
    const asked = chance?.asked() ?? 0;
    return withGradient<Tensor2D>(
      tf,
      [states, ...trainedIn(name)],
      (save) => {
        save([states, ...tensorsOf(sight)]);
        return run(states, sight);
      },
      (dy, [before, ...seen]) => {
        const layer = (x: Tensor2D) => run(x, sightOf(sight, seen));
        const again = () => gradients(tf, layer, [before as Tensor2D, ...trainedIn(name)], dy);
        return chance ? chance.again(asked, again) : again();
      },
    );
  },
});

/** What is trained of each layer, where parameters are named by their layers after a prefix. */
export function byLayer(trained: Parameters, prefix: string): (layer: string) => readonly Variable[] {
  const known = new Map<string, Variable[]>();
  return (layer) => {
    const found =
      known.get(layer) ??
      [...trained].filter(([name]) => name.startsWith(`${prefix}${layer}.`)).map(([, variable]) => variable);
    known.set(layer, found);
    return found;
  };
}

/** What is made outside of the layers is gone when they are computed again, but for what each of them has kept of it. */
const tensorsOf = ({ mask, rotary }: Sight): Tensor[] => [
  ...(mask ? [mask] : []),
  ...(rotary ? [rotary.cos, rotary.sin] : []),
];

function sightOf({ mask, rotary }: Sight, kept: readonly Tensor[]): Sight {
  const [cos, sin] = kept.slice(-2);
  return { mask: mask && kept[0]!, rotary: rotary && { cos: cos!, sin: sin! } };
}

/** By the states and by all variables; in the middle of another backward pass, whose record tfjs would forget. */
function gradients(
  tf: Tf,
  run: (states: Tensor2D) => Tensor2D,
  [states, ...variables]: [Tensor2D, ...Variable[]],
  dy: Tensor2D,
): Tensor[] {
  const { state } = tf.engine();
  const outer = state.activeTape;
  try {
    return tf.grads((x) => run(x as Tensor2D))([states, ...variables], dy);
  } finally {
    state.activeTape = outer;
  }
}
