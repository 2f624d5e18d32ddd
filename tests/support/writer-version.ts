import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defineDriftloop, defineModel, parseConfig } from '../../domain/config.ts';
import { text } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { generation } from '../../domain/task.ts';
import { writeSignature } from '../../training/signature-file.ts';
import type { GeneratorSignature } from '../../training/text-generation/generator-artifact.ts';
import { shared } from './shared-data.ts';

/** What `needsShared` has to have for it. */
export const WRITER_BASE = 'vectors/finetune/llama-untied';

const model = { name: 'writer', task: generation(), input: { prompt: text() } };

/** The model of the version. */
export const writerConfig: ModelConfig = parseConfig(
  defineDriftloop({ models: [defineModel({ ...model, base: 'hf:owner/name' })] }),
).models[0]!;

/** A version of a tiny Llama that has learnt nothing, and so writes nonsense until it is told to end. */
export async function writeWriterVersion(folder: string, { longestAnswer = 40 } = {}): Promise<string> {
  await mkdir(folder, { recursive: true });
  const base = shared(WRITER_BASE);
  for (const file of [
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
    'special_tokens_map.json',
  ])
    await copyFile(path.join(base, file), path.join(folder, file));
  const config = JSON.parse(await readFile(path.join(base, 'config.json'), 'utf8')) as object;
  await writeFile(
    path.join(folder, 'config.json'),
    JSON.stringify({ ...config, max_position_embeddings: 4_096 }),
  );
  const signature: GeneratorSignature = {
    format: 1,
    kind: 'text-generator',
    model,
    longest: 4_096,
    longestAnswer,
    base,
    beta: null,
    training: {
      rows: 0,
      validationRows: 0,
      steps: 0,
      epochs: 0,
      bestEpoch: 0,
      validationLoss: null,
      backend: 'none',
      notes: [],
    },
    lineage: {},
  };
  await writeSignature(folder, signature);
  return folder;
}
