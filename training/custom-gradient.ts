import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from './backend.ts';

/** Keeps tensors of the forward pass alive until the backward pass is over. */
export type Save = (tensors: Tensor[]) => void;

/**
 * `forward` of `inputs`, with a gradient written by hand: one node for automatic differentiation, however many
 * operations it takes, and native ones among them. `backward` gets the gradient of the result and what was saved, and
 * gives one gradient for each input.
 *
 * What `forward` makes is gone when `backward` runs unless it was saved. Each gradient is a tensor of its own, never the
 * same one twice.
 */
export function withGradient<Out extends Tensor>(
  tf: Tf,
  inputs: readonly Tensor[],
  forward: (save: Save) => Out,
  backward: (dy: Out, saved: Tensor[]) => Tensor[],
): Out {
  const custom = tf.customGrad<Out>((...args) => ({
    value: forward(args.at(-1) as Save),
    // tfjs tidies up after a gradient of its own, but not after one like this, and it keeps what was saved, and the
    // gradient of every result, until the whole pass is over: a network would be in memory twice more.
    gradFunc(dy: Out, saved: Tensor[]) {
      const gradients = tf.tidy(() => backward(dy, saved));
      tf.dispose(saved);
      if (!gradients.includes(dy)) dy.dispose();
      return gradients;
    },
  }));
  return custom(...inputs);
}
