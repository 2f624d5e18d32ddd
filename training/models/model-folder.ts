import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { needingRoom } from '../../domain/room.ts';
import type { Tf } from '../backend.ts';
import { random } from '../random.ts';
import { storedName } from './checkpoint-names.ts';
import { readModelConfig } from './config.ts';
import type { ModelConfig } from './config.ts';
import { headParts } from './heads.ts';
import type { Head } from './heads.ts';
import { trunkParts } from './network.ts';
import { frozenVariable } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { join } from './parts.ts';
import type { Parts } from './parts.ts';
import { startingValues } from './starting-values.ts';
import { takeParameters } from './take-parameters.ts';
import { missingFile, nullWhereMissing, parseJson, readWeights, weightsFileName } from './weights-files.ts';
import type { CheckpointTensor } from './weights-files.ts';
import { writeWeights } from './write-weights.ts';
import type { StoredTensor } from './write-weights.ts';

/** A `config.json`: what is computed from it, and all that it says, for writing it again. */
export type BaseConfig = { config: ModelConfig; json: Readonly<Record<string, unknown>> };

/** A network that can be trained or asked. */
export type LoadedNetwork = BaseConfig & {
  parts: Parts;
  parameters: Parameters;
  /** Parameters of the head that the base has not got: they began anew, from the seed. */
  fresh: string[];
};

/** Keeps a parameter in a way of its own. */
export type Pack = (tensor: CheckpointTensor) => Promise<void>;

export type LoadOptions = {
  /** Of a head that begins anew. */
  seed: number;
  /** Such as `fp16`, where the folder has the weights more than once. */
  variant?: string;
  /** The folder of the weights, where it is another one. */
  weights?: string;
  /** The tensors, where they are not those of the folder. */
  checkpoint?: AsyncIterable<CheckpointTensor>;
  /** What is held elsewhere, by its name: it is neither read nor one of `parameters`. */
  skips?: (name: string) => boolean;
  /** What is kept in another way than as floats, by names; it is then none of `parameters`. */
  packs?: (parts: { trunk: Parts; head: Parts }) => ReadonlyMap<string, Pack>;
};

export const CONFIG_FILE = 'config.json';

/** What lies beside the weights and goes with them. */
export const COMPANIONS = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'tokenizer.model',
  'chat_template.jinja',
  'generation_config.json',
  'preprocessor_config.json',
];

/** @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED` */
export async function readBaseConfig(folder: string): Promise<BaseConfig> {
  const file = path.join(folder, CONFIG_FILE);
  const bytes = await readFile(file).catch(nullWhereMissing);
  if (!bytes) throw missingFile(file);
  const json = parseJson(CONFIG_FILE, bytes);
  const config = readModelConfig(json);
  return { config, json: json as Record<string, unknown> };
}

/**
 * Loads a base with a head for the task. Its parameters are frozen until `trainOnly` says otherwise.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function loadNetwork(
  tf: Tf,
  folder: string,
  head: Head,
  { seed, variant, weights = folder, checkpoint, skips = () => false, packs }: LoadOptions,
): Promise<LoadedNetwork> {
  const base = await readBaseConfig(folder);
  const parts = { trunk: trunkParts(base.config), head: headParts(base.config, head) };
  const packed = packs?.(parts);
  const parameters = new Map<string, ReturnType<typeof frozenVariable>>();
  try {
    const tensors = checkpoint ?? readWeights(weights, variant);
    const lacking = await takeParameters(base.config, parts, tensors, async (name, tensor) => {
      if (skips(name)) return;
      const pack = packed?.get(name);
      if (pack) return await pack(tensor);
      const values = (await tensor.values()) as Float32Array;
      parameters.set(name, frozenVariable(tf, { shape: tensor.shape, values }));
    });
    const chance = random(seed);
    const missing = lacking.filter(({ name }) => !skips(name));
    for (const fresh of missing)
      parameters.set(
        fresh.name,
        frozenVariable(tf, { shape: fresh.shape, values: startingValues(fresh, chance) }),
      );
    return {
      ...base,
      parts: join(parts.trunk, parts.head),
      parameters,
      fresh: missing.map(({ name }) => name),
    };
  } catch (error) {
    tf.dispose([...parameters.values()]);
    throw error;
  }
}

/**
 * Writes a model folder that transformers opens: config, weights, and what the base had beside them. One tensor is in
 * memory at a time.
 *
 * @param changes of the config, such as the architecture with its new head, and the names of its classes
 * @param base the folder that the tokenizer is copied from; null: nothing is
 */
export async function writeModelFolder(
  folder: string,
  { config, json, parameters }: BaseConfig & { parameters: ReadonlyMap<string, StoredTensor> },
  changes: Readonly<Record<string, unknown>>,
  base: string | null,
): Promise<void> {
  const named = [...parameters].map(([name, tensor]) => [storedName(config.kind, name), tensor] as const);
  await writeConfigFolder(folder, json, changes, base);
  await needingRoom(folder, () => writeWeights(path.join(folder, weightsFileName()), new Map(named)));
}

/** The same without the weights. */
export async function writeConfigFolder(
  folder: string,
  json: BaseConfig['json'],
  changes: Readonly<Record<string, unknown>>,
  base: string | null,
): Promise<void> {
  await needingRoom(folder, async () => {
    await mkdir(folder, { recursive: true });
    const written = { ...json, ...changes };
    await writeFile(path.join(folder, CONFIG_FILE), `${JSON.stringify(written, null, 2)}\n`);
    for (const name of base === null ? [] : COMPANIONS)
      await copyFile(path.join(base!, name), path.join(folder, name)).catch(nullWhereMissing);
  });
}
