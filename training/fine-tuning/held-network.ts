import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { disposeLora } from '../adapters/adapter-folder.ts';
import {
  loraParameters,
  mergeLora,
  merged,
  PEFT_PREFIX,
  startLora,
  trainLora,
  withLora,
} from '../adapters/lora.ts';
import type { LoraAdapter } from '../adapters/lora.ts';
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
import { dequantised } from '../quantisation/packed-matrix.ts';
import type { PackedMatrix } from '../quantisation/packed-matrix.ts';
import { inFloats, isQuantised, packedOf, quantisedWeights } from '../quantisation/quantised-network.ts';
import type { QuantisedNetwork } from '../quantisation/quantised-network.ts';

/** A network as it is held while some of it is trained. */
export type HeldNetwork = {
  /** What a forward pass takes its numbers from; with the chance of a step while it is trained. */
  weights(chance?: Chance): Weights;
  /** What is trained, by the names in the model. */
  trained: Parameters;
  /** The network with what was learnt in it, in floats: it answers alone as it does here. */
  settle(): LoadedNetwork;
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
  { lora, recompute = isQuantised(network), seed }: AdapterHold,
): HeldNetwork {
  const { parts, parameters } = network;
  refuseUnknownWhole(parameters, lora);
  const keptWhole = [...wholeModules(network, head), ...lora.keptWhole];
  const adapter = startLora(tf, parts, { ...lora, keptWhole }, seed);
  trainLora(adapter, parameters);
  const base = isQuantised(network) ? quantisedWeights(tf, network) : plainWeights(tf, parts, parameters);
  const trained = loraParameters(adapter, parameters);
  const trainedIn = byLayer(trained, PEFT_PREFIX);
  return {
    weights(chance) {
      const weights = withLora(tf, base, adapter, chance);
      return recompute ? recomputing(tf, weights, trainedIn, chance) : weights;
    },
    trained,
    settle() {
      const settled = isQuantised(network) ? inFloats(tf, network) : network;
      mergeLora(tf, parts, settled.parameters, adapter);
      return settled;
    },
    settled: () => settledWith(tf, network, adapter),
    adapter,
    dispose() {
      trainOnly(parameters, () => false);
      disposeLora(tf, adapter);
    },
  };
}

/** Each parameter as it will be: a matrix with an adapter, or in 4 bits, becomes what it stands for when it is read. */
function settledWith(
  tf: Tf,
  network: LoadedNetwork | QuantisedNetwork,
  { modules }: LoraAdapter,
): ReadonlyMap<string, StoredTensor> {
  const settled = new Map<string, StoredTensor>(network.parameters);
  const packed = isQuantised(network) ? packedOf(network) : new Map<string, PackedMatrix>();
  for (const [name, matrix] of packed)
    settled.set(name, { shape: matrix.shape, pieces: () => piecesOf(tf, matrix) });
  for (const { module, layout } of network.parts.linears) {
    const beside = modules.get(module);
    if (!beside) continue;
    const name = `${module}.weight`;
    const [matrix, plain] = [packed.get(name), network.parameters.get(name)];
    settled.set(name, {
      shape: settled.get(name)!.shape,
      async data() {
        const whole = tf.tidy(() =>
          merged(tf, matrix ? dequantised(tf, matrix) : (plain as Tensor2D), beside, layout),
        );
        const values = await whole.data();
        whole.dispose();
        return values;
      },
    });
  }
  return settled;
}

async function* piecesOf(tf: Tf, matrix: PackedMatrix): AsyncGenerator<Float32Array> {
  for (const stretch of matrix.stretches) {
    const rows = tf.tidy(() => matrix.open()(stretch));
    yield await rows.data<'float32'>();
    rows.dispose();
  }
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
