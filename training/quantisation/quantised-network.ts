import type { Tf } from '../backend.ts';
import type { Head } from '../models/heads.ts';
import { loadNetwork } from '../models/model-folder.ts';
import type { LoadedNetwork, LoadOptions } from '../models/model-folder.ts';
import { plainWeights } from '../models/weights.ts';
import type { Weights } from '../models/weights.ts';
import { quantiseNf4 } from './nf4.ts';
import { nf4Weight } from './nf4-weight.ts';
import type { Nf4Weight } from './nf4-weight.ts';
import { quantisedLinear } from './quantised-linear.ts';

/** A network whose layers keep their matrices in 4 bits a number. Those are none of `parameters`. */
export type QuantisedNetwork = LoadedNetwork & { quantised: ReadonlyMap<string, Nf4Weight> };

/**
 * Loads a base for QLoRA: each matrix of its layers is quantised as soon as it is read, so that all of them are never
 * there as floats. Embeddings, norms, biases and the head stay what they are.
 *
 * Source: Dettmers et al., "QLoRA: Efficient Finetuning of Quantized LLMs" (2023).
 *
 * @param double whether scales are quantised too; yes where nothing is said
 * @throws {DriftloopError} as `loadNetwork`
 */
export async function loadQuantised(
  tf: Tf,
  folder: string,
  head: Head,
  { double = true, ...options }: Omit<LoadOptions, 'takeMatrix'> & { double?: boolean },
): Promise<QuantisedNetwork> {
  const quantised = new Map<string, Nf4Weight>();
  try {
    const network = await loadNetwork(tf, folder, head, {
      ...options,
      takeMatrix({ module }, { shape, values }) {
        quantised.set(module, nf4Weight(tf, quantiseNf4(values, [shape[0]!, shape[1]!], { double })));
      },
    });
    return { ...network, quantised };
  } catch (error) {
    for (const weight of quantised.values()) weight.dispose();
    throw error;
  }
}

/** The weights of a quantised network, frozen; an adapter goes beside them as beside any other. */
export function quantisedWeights(tf: Tf, { parts, parameters, quantised }: QuantisedNetwork): Weights {
  const plain = plainWeights(tf, parts, parameters);
  const known = new Map(parts.linears.map((part) => [part.module, part]));
  return {
    ...plain,
    linear(module) {
      const weight = quantised.get(module);
      if (!weight) return plain.linear(module);
      const { bias, layout } = known.get(module)!;
      return quantisedLinear(tf, weight, bias ? plain.vector(`${module}.bias`) : null, layout);
    },
  };
}

/**
 * The same network in floats again, as its layers compute: to write an adapter into it and to save it. What was
 * quantised is freed.
 */
export function inFloats(tf: Tf, { quantised, ...network }: QuantisedNetwork): LoadedNetwork {
  const parameters = new Map(network.parameters);
  for (const [module, weight] of quantised) {
    const matrix = tf.tidy(() => tf.variable(weight.dequantise(), false));
    parameters.set(`${module}.weight`, matrix);
    weight.dispose();
  }
  return { ...network, parameters };
}

/** Frees the memory of a network, in floats or in 4 bits a number. */
export function disposeNetwork(tf: Tf, network: LoadedNetwork | QuantisedNetwork): void {
  tf.dispose([...network.parameters.values()]);
  if ('quantised' in network) for (const weight of network.quantised.values()) weight.dispose();
}
