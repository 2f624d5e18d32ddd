import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { Sight } from './attention.ts';
import { plainLinear } from './linear.ts';
import type { Linear } from './linear.ts';
import type { Parts } from './parts.ts';
import { plainTable } from './tables.ts';
import type { Table } from './tables.ts';

/** A layer: states to states, [tokens, hidden]. */
export type RunLayer = (states: Tensor2D, sight: Sight) => Tensor2D;

/**
 * What a forward pass takes its numbers from. An adapter or a quantised base is another `Weights`, which answers some
 * modules in its own way and passes the others on.
 */
export type Weights = {
  /** A parameter by its Hugging Face name. */
  get(name: string): Tensor;
  vector(name: string): Tensor1D;
  /** Embeddings. */
  table(name: string): Table;
  /** A module with a matrix. */
  linear(module: string): Linear;
  /**
   * A layer, named as its parameters begin, over states. Belongs to the open `tidy`; what the layer makes on the way does
   * not, and is there for the backward pass or is made again for it.
   */
  layer(name: string, states: Tensor2D, sight: Sight, run: RunLayer): Tensor2D;
};

/**
 * Plain weights: variables where they are trained, kept tensors where they are frozen.
 *
 * @param parameters by name; they may be replaced while this lives
 */
export function plainWeights(tf: Tf, { linears }: Parts, parameters: ReadonlyMap<string, Tensor>): Weights {
  const known = new Map(linears.map((part) => [part.module, part]));
  const get = (name: string): Tensor => {
    const found = parameters.get(name);
    if (!found) throw new Error(`The network asks for "${name}", which it has not got`);
    return found;
  };
  const vector = (name: string) => get(name) as Tensor1D;
  const matrix = (name: string) => get(name) as Tensor2D;
  return {
    get,
    vector,
    table: (name) => plainTable(tf, matrix(name)),
    linear(module) {
      const part = known.get(module);
      if (!part) throw new Error(`The network asks for "${module}", which is no matrix of it`);
      const bias = part.bias ? vector(`${module}.bias`) : null;
      return plainLinear(tf, matrix(`${module}.weight`), bias, part.layout);
    },
    layer: (_, states, sight, run) => tf.tidy(() => run(states, sight)),
  };
}
