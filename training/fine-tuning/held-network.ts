import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { adaptedMatrix, keptPair } from '../adapters/adapted-matrix.ts';
import { disposeLora } from '../adapters/adapter-folder.ts';
import {
  keptLora,
  loraParameters,
  mergeLora,
  merged,
  PEFT_PREFIX,
  startLora,
  trainLora,
  withLora,
} from '../adapters/lora.ts';
import type { LoraAdapter, LoraModule } from '../adapters/lora.ts';
import { isNamed, moduleOf, unfitAdapter } from '../adapters/lora-settings.ts';
import type { LoraSettings } from '../adapters/lora-settings.ts';
import type { Chance } from '../models/dropout.ts';
import { headParts } from '../models/heads.ts';
import type { Head } from '../models/heads.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { trainOnly } from '../models/parameters.ts';
import type { Parameters } from '../models/parameters.ts';
import { parameterShapes } from '../models/parts.ts';
import { byLayer, recomputing } from '../models/recompute.ts';
import { plainWeights } from '../models/weights.ts';
import type { Weights } from '../models/weights.ts';
import type { StoredTensor } from '../models/write-weights.ts';
import { isQuantised, storedOf, weightsOf } from '../quantisation/quantised-network.ts';
import type { AdaptedNetwork, QuantisedNetwork } from '../quantisation/quantised-network.ts';

/** A network as it is held while some of it is trained. */
export type HeldNetwork = {
  /** What a forward pass takes its numbers from; with the chance of a step while it is trained. */
  weights(chance?: Chance): Weights;
  /** What is trained, by the names in the model. */
  trained: Parameters;
  /** The network with what was learnt in it: it answers alone as it does here, and takes the place of the one before. */
  settle(): LoadedNetwork | QuantisedNetwork | AdaptedNetwork;
  /** The same to be written, tensor by tensor: there is never all of it beside what is held. */
  settled(): ReadonlyMap<string, StoredTensor>;
  /** What is trained beside the network; null where nothing is. */
  adapter: LoraAdapter | null;
  /** Frees what was held beside the network. */
  dispose(): void;
};

/** Everything of it that passes is trained, as it is. */
export function holdWhole(tf: Tf, network: LoadedNetwork, isTrained: (name: string) => boolean): HeldNetwork {
  const { parts, parameters } = network;
  trainOnly(parameters, isTrained);
  const weights = plainWeights(tf, parts, parameters);
  return {
    weights: () => weights,
    trained: new Map([...parameters].filter(([, { trainable }]) => trainable)),
    settle: () => network,
    settled: () => parameters,
    adapter: null,
    dispose: () => trainOnly(parameters, () => false),
  };
}

export type AdapterHold = {
  lora: LoraSettings;
  /** Whether layers are computed again in the backward pass; where nothing is said, on a base in 4 bits. */
  recompute?: boolean;
  /** Whether it is settled with the adapter beside it, rather than in it. */
  keepsApart?: boolean;
  seed: number;
};

/**
 * An adapter is trained beside it, what is kept whole, and the head: what was new in it, and its last matrix.
 *
 * @throws {DriftloopError} `DL_ADAPTER_UNFIT` where something is to be kept whole that the network has not got
 */
export function holdWithAdapter(
  tf: Tf,
  network: LoadedNetwork | QuantisedNetwork,
  head: Head,
  { lora, recompute = isQuantised(network), keepsApart = false, seed }: AdapterHold,
): HeldNetwork {
  const { parts, parameters } = network;
  refuseUnknownWhole(parameters, lora);
  const keptWhole = [...wholeModules(network, head), ...lora.keptWhole];
  const adapter = startLora(tf, parts, { ...lora, keptWhole }, seed);
  trainLora(adapter, parameters);
  const base = weightsOf(tf, network);
  const trained = loraParameters(adapter, parameters);
  const trainedIn = byLayer(trained, PEFT_PREFIX);
  return {
    weights(chance) {
      const weights = withLora(tf, base, adapter, chance);
      return recompute ? recomputing(tf, weights, trainedIn, chance) : weights;
    },
    trained,
    settle() {
      if (keepsApart) return { ...network, adapter: keptLora(tf, adapter) };
      mergeLora(tf, parts, parameters, adapter);
      if (!isQuantised(network)) return network;
      return withAdapted(tf, network, adapter, (beside) => keptPair(tf, beside));
    },
    settled: () => settledWith(tf, network, adapter),
    adapter,
    dispose() {
      trainOnly(parameters, () => false);
      disposeLora(tf, adapter);
    },
  };
}

/** Each parameter as it will be: a matrix with an adapter, or packed, becomes what it stands for when it is read. */
export function settledWith(
  tf: Tf,
  network: LoadedNetwork | QuantisedNetwork,
  adapter: LoraAdapter,
): ReadonlyMap<string, StoredTensor> {
  const adapted = isQuantised(network)
    ? withAdapted(tf, network, adapter, ({ a, b, scale }) => ({ a: a as Tensor2D, b: b as Tensor2D, scale }))
    : network;
  const settled = new Map(storedOf(tf, adapted));
  for (const { module, layout } of network.parts.linears) {
    const [beside, plain] = [adapter.modules.get(module), network.parameters.get(`${module}.weight`)];
    if (!beside || !plain) continue;
    settled.set(`${module}.weight`, {
      shape: plain.shape,
      async data() {
        const whole = tf.tidy(() => merged(tf, plain as Tensor2D, beside, layout));
        const values = await whole.data();
        whole.dispose();
        return values;
      },
    });
  }
  return settled;
}

/** The same network, whose packed matrices have the adapter in them. */
function withAdapted(
  tf: Tf,
  network: QuantisedNetwork,
  { modules }: LoraAdapter,
  take: (beside: LoraModule) => { a: Tensor2D; b: Tensor2D; scale: number },
): QuantisedNetwork {
  const layouts = new Map(network.parts.linears.map(({ module, layout }) => [module, layout]));
  const quantised = new Map(network.quantised);
  for (const [module, matrix] of network.quantised) {
    const beside = modules.get(module);
    if (beside) quantised.set(module, adaptedMatrix(tf, matrix, take(beside), layouts.get(module)!));
  }
  return { ...network, quantised };
}

function refuseUnknownWhole(parameters: Parameters, { keptWhole }: LoraSettings): void {
  const modules = [...parameters.keys()].map(moduleOf);
  const unknown = keptWhole.find((name) => !modules.some((module) => isNamed(module, name)));
  if (unknown !== undefined)
    throw unfitAdapter(`the network has no module "${unknown}" in floats that could be trained whole`);
}

/** Matrices of the head that answer for the task, and those that the base had not got. A vocabulary is no new task. */
function wholeModules({ config, fresh }: LoadedNetwork, head: Head): string[] {
  if (head.kind === 'next-token') return [];
  const { linears } = headParts(config, head);
  const last = linears.at(-1);
  return linears
    .filter((part) => part === last || fresh.includes(`${part.module}.weight`))
    .map(({ module }) => module);
}

/** Whether a parameter is of the head. */
export function ofHead({ config }: LoadedNetwork, head: Head): (name: string) => boolean {
  const names = new Set(parameterShapes(headParts(config, head)).map(({ name }) => name));
  return (name) => names.has(name);
}
