import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { storedName } from '../../../training/models/checkpoint-names.ts';
import { readModelConfig } from '../../../training/models/config.ts';
import { headParts } from '../../../training/models/heads.ts';
import type { Head } from '../../../training/models/heads.ts';
import { trunkParts } from '../../../training/models/network.ts';
import { join, parameterCount, parameterShapes } from '../../../training/models/parts.ts';
import type { ParameterShape } from '../../../training/models/parts.ts';
import { writeSafetensors } from '../../../training/safetensors.ts';

export type NetworkJson = Readonly<Record<string, unknown> & { vocab_size: number }>;

/** Small ones of each family, to compare what backends compute. */
export const smallNetworks = {
  bert: {
    model_type: 'bert',
    vocab_size: 97,
    max_position_embeddings: 32,
    hidden_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 64,
  },
  gpt2: { model_type: 'gpt2', vocab_size: 101, n_positions: 32, n_embd: 32, n_layer: 2, n_head: 4 },
  llama: {
    model_type: 'llama',
    vocab_size: 89,
    hidden_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    intermediate_size: 64,
  },
} as const satisfies Record<string, NetworkJson>;

/** A Llama of 114 million weights, as a team fine-tunes on one GPU. */
export const decoder: NetworkJson = {
  model_type: 'llama',
  vocab_size: 32_000,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  num_key_value_heads: 4,
  intermediate_size: 2560,
  max_position_embeddings: 1024,
  tie_word_embeddings: true,
};

/** A small one of the same make, to see that the bench runs. */
export const shrunken: NetworkJson = {
  ...decoder,
  vocab_size: 500,
  hidden_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 96,
};

export const weightsOf = (json: NetworkJson, head: Head): number => {
  const config = readModelConfig(json);
  return parameterCount(join(trunkParts(config), headParts(config, head)));
};

/** A base folder with random weights, the same for the same seed: the trunk, without a head. */
export async function writeBase(folder: string, json: NetworkJson, seed: number): Promise<void> {
  const config = readModelConfig(json);
  const noise = noiseFrom(seed);
  const tensors = parameterShapes(trunkParts(config)).map((one) => ({
    name: storedName(config.kind, one.name),
    shape: one.shape,
    values: startAs(one, noise),
  }));
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(json));
  await writeFile(path.join(folder, 'model.safetensors'), writeSafetensors(tensors));
}

function startAs({ shape, starts }: ParameterShape, noise: () => number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (starts === 'zeros') return values;
  if (starts === 'ones') return values.fill(1);
  // Uniform numbers of this spread; a hundred million normal ones would take longer than the bench.
  for (let i = 0; i < values.length; i += 1) values[i] = starts.spread * Math.sqrt(3) * noise();
  return values;
}

/** Uniform from −1 to 1. Source: G. Marsaglia, "Xorshift RNGs" (2003). */
export function noiseFrom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
}

/** Texts of random tokens, all of one length. */
export function randomTokens(vocabulary: number, batch: number, length: number, seed: number) {
  const noise = noiseFrom(seed);
  const ids = Int32Array.from({ length: batch * length }, () => Math.floor(((noise() + 1) / 2) * vocabulary));
  return { batch, length, ids, mask: new Int32Array(ids.length).fill(1), types: new Int32Array(ids.length) };
}
