import { z } from 'zod';
import { DriftloopError } from '../../domain/errors.ts';
import { COMPANIONS, CONFIG_FILE } from '../../training/models/model-folder.ts';
import { weightsFileName } from '../../training/models/weights-files.ts';
import type { HubName } from './hub-name.ts';

/** Says which shard has which tensor, where the weights are in several files. */
export const INDEX_FILE = 'model.safetensors.index.json';
const WEIGHTS_FILE = weightsFileName();

/** Weights in a format that can run code when it is read, or of another library. */
const otherWeights = /^(?:pytorch_model.*\.bin|tf_model\.h5|flax_model\.msgpack|.*\.(?:gguf|pth|pt))$/;

const indexSchema = z.object({
  weight_map: z.record(z.string(), z.string().regex(/^[\w.-]+\.safetensors$/)),
});

/**
 * The files of a base, of all that a model on the Hub has beside them.
 *
 * @param index what its index of shards says; null where it has none
 * @throws {DriftloopError} `DL_BASE_MISSING` where there are not enough
 */
export function filesToFetch(name: HubName, listed: readonly string[], index: unknown): string[] {
  const has = (file: string) => listed.includes(file);
  if (!has(CONFIG_FILE))
    throw notEnough(name, `no ${CONFIG_FILE}`, 'Name a model of Hugging Face transformers.');
  const weights = has(WEIGHTS_FILE) ? [WEIGHTS_FILE] : shardsIn(index);
  const absent = weights.find((file) => !has(file));
  if (weights.length === 0 || absent !== undefined) {
    const others = listed.filter((file) => otherWeights.test(file));
    throw notEnough(
      name,
      `no ${absent ?? WEIGHTS_FILE}${others.length > 0 ? `, only ${others.join(', ')}` : ''}`,
      others.length > 0
        ? `Convert it once, in Python: transformers' AutoModel.from_pretrained("${name.repository}").save_pretrained("base"), and AutoTokenizer the same way; then --base base. Or name a revision that has ${WEIGHTS_FILE}.`
        : `Name a model, or a revision of this one, that has ${WEIGHTS_FILE} or its shards.`,
    );
  }
  const ofShards = has(WEIGHTS_FILE) ? [] : [INDEX_FILE];
  return [CONFIG_FILE, ...ofShards, ...COMPANIONS.filter(has), ...weights];
}

function shardsIn(index: unknown): string[] {
  const parsed = indexSchema.safeParse(index);
  return parsed.success ? [...new Set(Object.values(parsed.data.weight_map))] : [];
}

const notEnough = ({ repository, revision }: HubName, what: string, fix: string) =>
  new DriftloopError('DL_BASE_MISSING', `${repository} at ${revision} has ${what}.`, { fix });
