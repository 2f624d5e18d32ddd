import { disposeLora } from '../adapters/adapter-folder.ts';
import { withLora } from '../adapters/lora.ts';
import type { LoraAdapter } from '../adapters/lora.ts';
import type { Tf } from '../backend.ts';
import type { Head } from '../models/heads.ts';
import { loadNetwork } from '../models/model-folder.ts';
import type { LoadedNetwork, LoadOptions, Pack } from '../models/model-folder.ts';
import type { Parts } from '../models/parts.ts';
import { plainWeights } from '../models/weights.ts';
import type { Weights } from '../models/weights.ts';
import type { CheckpointTensor } from '../models/weights-files.ts';
import type { StoredTensor } from '../models/write-weights.ts';
import { isCopiedWhenPlaced } from '../place-tensor.ts';
import { embeddingsFor, tablesOf } from './embeddings.ts';
import type { Embeddings } from './embeddings.ts';
import { int8Matrix } from './int8-matrix.ts';
import type { Int8Matrix } from './int8-matrix.ts';
import { quantiseRows } from './int8.ts';
import { nf4InWords } from './nf4-weight.ts';
import { quantisePieces } from './nf4-words.ts';
import type { PackedMatrix } from './packed-matrix.ts';
import { quantisedLinear } from './quantised-linear.ts';
import { newRoom, sameRoom } from './room.ts';

/** A network that keeps its matrices packed. Those are none of `parameters`. */
export type QuantisedNetwork = LoadedNetwork & {
  /** By their modules: those of the layers in 4 bits a number, a vocabulary's in 8. */
  quantised: ReadonlyMap<string, PackedMatrix>;
  /** Embeddings in 8 bits a number, by their names; none where they are floats. */
  tables: ReadonlyMap<string, Int8Matrix>;
};

/** A network with an adapter beside it, which stays apart from its matrices. */
export type AdaptedNetwork = (LoadedNetwork | QuantisedNetwork) & { adapter: LoraAdapter };

/** How a base is packed. */
export type Packing = Readonly<{
  /** What embeddings, and the matrix of a vocabulary that is not tied to them, are kept as; see `embeddingsFor`. */
  embeddings?: Embeddings;
}>;

export type QuantisedOptions = Omit<LoadOptions, 'packs'> &
  Packing & {
    /** Whether scales are quantised too; yes where nothing is said. */
    double?: boolean;
  };

/** Numbers that are read at once. */
const READ = 2 ** 19;

/**
 * Loads a base for QLoRA: each matrix is quantised as it is read, stretch by stretch, so that none of them is ever there as
 * floats. Norms, biases and the head of a classifier stay what they are.
 *
 * Source: Dettmers et al., "QLoRA: Efficient Finetuning of Quantized LLMs" (2023).
 *
 * @throws {DriftloopError} as `loadNetwork`
 */
export async function loadQuantised(
  tf: Tf,
  folder: string,
  head: Head,
  { double = true, embeddings, ...options }: QuantisedOptions,
): Promise<QuantisedNetwork> {
  const quantised = new Map<string, PackedMatrix>();
  const tables = new Map<string, Int8Matrix>();
  const room = isCopiedWhenPlaced(tf) ? sameRoom() : newRoom;
  const inFourBits = async ({ shape, pieces }: CheckpointTensor) =>
    nf4InWords(tf, await quantisePieces(pieces(READ), asMatrix(shape), { double }, room));
  const inEightBits = async ({ shape, pieces }: CheckpointTensor) =>
    int8Matrix(tf, await quantiseRows(pieces(READ), asMatrix(shape), room));

  const packs = ({ trunk, head: top }: { trunk: Parts; head: Parts }) => {
    const vocabulary = head.kind === 'next-token' ? top.linears : [];
    const found = new Map<string, Pack>();
    for (const { module } of trunk.linears)
      found.set(`${module}.weight`, async (tensor) => void quantised.set(module, await inFourBits(tensor)));
    if ((embeddings ?? embeddingsFor(trunk, vocabulary)) === 'float') return found;
    for (const { name } of tablesOf(trunk))
      found.set(name, async (tensor) => void tables.set(name, await inEightBits(tensor)));
    for (const { module } of vocabulary)
      found.set(`${module}.weight`, async (tensor) => void quantised.set(module, await inEightBits(tensor)));
    return found;
  };
  try {
    return { ...(await loadNetwork(tf, folder, head, { ...options, packs })), quantised, tables };
  } catch (error) {
    for (const matrix of [...quantised.values(), ...tables.values()]) matrix.dispose();
    throw error;
  }
}

const asMatrix = (shape: readonly number[]) => [shape[0]!, shape[1]!] as const;

/** The weights of a quantised network, frozen; an adapter goes beside them as beside any other. */
export function quantisedWeights(
  tf: Tf,
  { parts, parameters, quantised, tables }: QuantisedNetwork,
): Weights {
  const plain = plainWeights(tf, parts, parameters);
  const known = new Map(parts.linears.map((part) => [part.module, part]));
  return {
    ...plain,
    table(name) {
      const table = tables.get(name);
      if (!table) return plain.table(name);
      return { rows: table.rows, scores: quantisedLinear(tf, table, null, 'out-in') };
    },
    linear(module) {
      const weight = quantised.get(module);
      if (!weight) return plain.linear(module);
      const { bias, layout } = known.get(module)!;
      return quantisedLinear(tf, weight, bias ? plain.vector(`${module}.bias`) : null, layout);
    },
  };
}

/** The weights of a network, in floats or packed; with its adapter, where it has one. */
export function weightsOf(tf: Tf, network: LoadedNetwork | QuantisedNetwork | AdaptedNetwork): Weights {
  const base = isQuantised(network)
    ? quantisedWeights(tf, network)
    : plainWeights(tf, network.parts, network.parameters);
  return isAdapted(network) ? withLora(tf, base, network.adapter) : base;
}

/** All parameters to be written as floats; of what is packed a stretch at a time. */
export function storedOf(
  tf: Tf,
  network: LoadedNetwork | QuantisedNetwork,
): ReadonlyMap<string, StoredTensor> {
  if (!isQuantised(network)) return network.parameters;
  const stored = new Map<string, StoredTensor>(network.parameters);
  for (const [name, matrix] of packedOf(network))
    stored.set(name, { shape: matrix.shape, pieces: () => stretchesIn(tf, matrix) });
  return stored;
}

async function* stretchesIn(tf: Tf, matrix: PackedMatrix): AsyncGenerator<Float32Array> {
  for (const stretch of matrix.stretches) {
    const rows = tf.tidy(() => matrix.open()(stretch));
    yield await rows.data<'float32'>();
    rows.dispose();
  }
}

/** All that is packed, by the names of parameters. */
export const packedOf = ({ quantised, tables }: QuantisedNetwork): ReadonlyMap<string, PackedMatrix> =>
  new Map<string, PackedMatrix>([
    ...[...quantised].map(([module, weight]) => [`${module}.weight`, weight] as const),
    ...tables,
  ]);

/** Frees the memory of a network, in floats or packed, and of its adapter. */
export function disposeNetwork(tf: Tf, network: LoadedNetwork | QuantisedNetwork | AdaptedNetwork): void {
  tf.dispose([...network.parameters.values()]);
  if (isAdapted(network)) disposeLora(tf, network.adapter);
  if (isQuantised(network)) for (const packed of packedOf(network).values()) packed.dispose();
}

export const isAdapted = (
  network: LoadedNetwork | QuantisedNetwork | AdaptedNetwork,
): network is AdaptedNetwork => 'adapter' in network;

export const isQuantised = (network: LoadedNetwork | QuantisedNetwork): network is QuantisedNetwork =>
  'quantised' in network;
