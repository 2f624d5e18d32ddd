import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { featureSchema } from '../../domain/input.ts';
import { generationSchema } from '../../domain/task.ts';
import { writeLora } from '../adapters/adapter-folder.ts';
import { peftBase } from '../adapters/peft-config.ts';
import type { LoraAdapter } from '../adapters/lora.ts';
import { ADAPTER_FOLDER, overBaseSchema } from '../adapters/over-base.ts';
import { writeConfigFolder, writeModelFolder } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import type { StoredTensor } from '../models/write-weights.ts';
import { ARTIFACT_FORMAT, referenceSchema, trainingSchema } from '../signature.ts';
import { writeSignature } from '../signature-file.ts';
import { CHAT_TEMPLATE_FILE } from '../text/tokenizer-folder.ts';

/** Everything of a model that writes but its weights and its words, which lie beside it as Hugging Face keeps them. */
export const generatorSignatureSchema = z.strictObject({
  format: z.literal(ARTIFACT_FORMAT),
  kind: z.literal('text-generator'),
  model: z.strictObject({
    name: z.string(),
    task: generationSchema,
    input: z.record(z.string(), featureSchema),
  }),
  /** Tokens of a conversation that are read, its answer included. */
  longest: z.int().positive(),
  /** Tokens that an answer may have. */
  longestAnswer: z.int().positive(),
  /** What it began as: the folder of a base. */
  base: z.string(),
  /** Of a version that learnt from preferences: how firmly it was held to its base. Null for one that learnt answers. */
  beta: z.number().positive().nullable(),
  /** Left out by versions of before. */
  reference: referenceSchema.optional(),
  training: trainingSchema,
  lineage: z.record(z.string(), z.string()),
  over: overBaseSchema.optional(),
});
export type GeneratorSignature = z.infer<typeof generatorSignatureSchema>;

/** Whether what stands in a signature file is that of a model that writes. */
export const isGeneratorSignature = (json: unknown): boolean =>
  (json as { kind?: unknown } | null)?.kind === generatorSignatureSchema.shape.kind.value;

const WRITER_OF = { gpt2: 'GPT2LMHeadModel', llama: 'LlamaForCausalLM' } as const;

export type WrittenGenerator = {
  signature: GeneratorSignature;
  network: LoadedNetwork;
  /** With what was learnt in them. */
  weights: ReadonlyMap<string, StoredTensor>;
  adapter: LoraAdapter | null;
  /** Where the base brought none; null: its own is copied. */
  template: string | null;
};

/**
 * Writes a model that writes as a folder that transformers opens, and its adapter as one that PEFT opens. One that is
 * over a base of its own has no weights beside that.
 */
export async function writeGeneratorArtifact(
  folder: string,
  { signature, network, weights, adapter, template }: WrittenGenerator,
): Promise<void> {
  const { config, json } = network;
  const { base } = signature;
  const architectures = [WRITER_OF[config.kind as keyof typeof WRITER_OF]];
  if (signature.over) await writeConfigFolder(folder, json, { architectures }, base);
  else await writeModelFolder(folder, { config, json, parameters: weights }, { architectures }, base);
  if (template !== null) await writeFile(path.join(folder, CHAT_TEMPLATE_FILE), template);
  if (adapter !== null)
    await writeLora(path.join(folder, ADAPTER_FOLDER), adapter, network, {
      base: peftBase(signature.lineage, base),
      task: 'CAUSAL_LM',
    });
  await writeSignature(folder, signature);
}
