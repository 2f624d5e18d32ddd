import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { storedName } from '../../training/models/checkpoint-names.ts';
import { readModelConfig } from '../../training/models/config.ts';
import type { ModelConfig } from '../../training/models/config.ts';
import { headParts } from '../../training/models/heads.ts';
import type { Head } from '../../training/models/heads.ts';
import { trunkParts } from '../../training/models/network.ts';
import { join, parameterShapes } from '../../training/models/parts.ts';
import { startingValues } from '../../training/models/starting-values.ts';
import { random } from '../../training/random.ts';
import { writeSafetensors } from '../../training/safetensors.ts';

/** One small config of each architecture, each dimension a different number so that none passes for another. */
export const tinyConfigs = {
  bert: {
    model_type: 'bert',
    vocab_size: 23,
    max_position_embeddings: 11,
    hidden_size: 6,
    num_hidden_layers: 2,
    num_attention_heads: 3,
    intermediate_size: 10,
  },
  gpt2: {
    model_type: 'gpt2',
    vocab_size: 19,
    n_positions: 13,
    n_embd: 6,
    n_layer: 2,
    n_head: 2,
    n_inner: 14,
  },
  llama: {
    model_type: 'llama',
    vocab_size: 17,
    hidden_size: 12,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 6,
    intermediate_size: 10,
    attention_bias: true,
    mlp_bias: true,
  },
  vit: {
    model_type: 'vit',
    image_size: 6,
    patch_size: 3,
    num_channels: 2,
    hidden_size: 8,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 12,
    qkv_bias: false,
  },
  convnet: {
    model_type: 'driftloop-convnet',
    image_width: 6,
    image_height: 4,
    num_channels: 2,
    widths: [5, 7],
    classifier_dropout: 0.3,
  },
} satisfies Record<ModelConfig['kind'], object>;

export const classes = (count: number) => ({ kind: 'classes', classes: count }) as const;

/** A base folder with random weights: the trunk, and a head where one is named. */
export async function writeTinyBase(
  folder: string,
  kind: ModelConfig['kind'],
  changes: object = {},
  head: Head | null = null,
): Promise<void> {
  const json = { ...tinyConfigs[kind], ...changes, initializer_range: 0.3 };
  const chance = random(5);
  const config = readModelConfig(json);
  const trunk = trunkParts(config);
  const parts = head ? join(trunk, headParts(config, head)) : trunk;
  const tensors = parameterShapes(parts).map((one) => ({
    name: storedName(kind, one.name),
    shape: one.shape,
    values: startingValues(one, chance),
  }));
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(json));
  await writeFile(path.join(folder, 'model.safetensors'), writeSafetensors(tensors));
}
