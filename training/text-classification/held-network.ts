import type { Tf } from '../backend.ts';
import { disposeLora } from '../adapters/adapter-folder.ts';
import { loraParameters, mergeLora, startLora, trainLora, withLora } from '../adapters/lora.ts';
import type { LoraAdapter } from '../adapters/lora.ts';
import type { LoraSettings } from '../adapters/lora-settings.ts';
import type { Chance } from '../models/dropout.ts';
import { headParts } from '../models/heads.ts';
import type { Head } from '../models/heads.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { trainOnly } from '../models/parameters.ts';
import type { Parameters } from '../models/parameters.ts';
import { parameterShapes } from '../models/parts.ts';
import { plainWeights } from '../models/weights.ts';
import type { Weights } from '../models/weights.ts';
import { quantiseNetwork } from './quantise-network.ts';

/** A network as it is held while some of it is trained. */
export type HeldNetwork = {
  /** What a forward pass takes its numbers from; with the chance of a step while it is trained. */
  weights(chance?: Chance): Weights;
  /** What is trained, by the names in the model. */
  trained: Parameters;
  /** Puts what was learnt into the network itself: afterwards it answers alone as it does here. */
  settle(): void;
  /** Frees what was held beside the network. */
  dispose(): void;
};

/** Everything of it that passes is trained, as it is. */
export function holdWhole(
  tf: Tf,
  { parts, parameters }: LoadedNetwork,
  isTrained: (name: string) => boolean,
): HeldNetwork {
  trainOnly(parameters, isTrained);
  const weights = plainWeights(tf, parts, parameters);
  return {
    weights: () => weights,
    trained: new Map([...parameters].filter(([, { trainable }]) => trainable)),
    settle: () => {},
    dispose: () => trainOnly(parameters, () => false),
  };
}

/** An adapter is trained beside it, and the head: what was new in it, and its last matrix. */
export function holdWithAdapter(
  tf: Tf,
  network: LoadedNetwork,
  head: Head,
  {
    lora,
    inFourBits,
    seed,
  }: { lora: Omit<LoraSettings, 'keptWhole'>; inFourBits: InFourBits | null; seed: number },
): HeldNetwork {
  const { parts, parameters } = network;
  const adapter = startLora(tf, parts, { ...lora, keptWhole: wholeModules(network, head) }, seed);
  trainLora(adapter, parameters);
  const quantised =
    inFourBits &&
    quantiseNetwork(tf, network, { ...inFourBits, isQuantised: (module) => !isKept(adapter, module) });
  const base = quantised?.weights ?? plainWeights(tf, parts, parameters);
  return {
    weights: (chance) => withLora(tf, base, adapter, chance),
    trained: loraParameters(adapter, parameters),
    settle() {
      quantised?.restore();
      mergeLora(tf, parts, parameters, adapter);
    },
    dispose() {
      trainOnly(parameters, () => false);
      disposeLora(tf, adapter);
      quantised?.dispose();
    },
  };
}

export type InFourBits = { doubleQuantised: boolean };

const isKept = ({ settings }: LoraAdapter, module: string): boolean => settings.keptWhole.includes(module);

/** Matrices of the head that answer for the task, and those that the base had not got. */
function wholeModules({ config, fresh }: LoadedNetwork, head: Head): string[] {
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
