import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../domain/config.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { featureSchema } from '../../domain/input.ts';
import { classificationSchema } from '../../domain/task.ts';
import { ARTIFACT_FORMAT, trainingSchema } from '../signature.ts';
import type { Tf } from '../backend.ts';
import { SIGNATURE_FILE } from '../artifact.ts';
import { loadNetwork, writeModelFolder } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { readTokenizer } from '../text/tokenizer-folder.ts';
import type { Tokenizer } from '../text/tokenizer.ts';

/** Everything of a text classifier but its weights and its words, which lie beside it as Hugging Face keeps them. */
export const textSignatureSchema = z.strictObject({
  format: z.literal(ARTIFACT_FORMAT),
  kind: z.literal('text-classifier'),
  model: z.strictObject({
    name: z.string(),
    task: classificationSchema,
    input: z.record(z.string(), featureSchema),
  }),
  /** Tokens of a text that are read. */
  longest: z.int().positive(),
  temperature: z.number().positive(),
  training: trainingSchema,
  lineage: z.record(z.string(), z.string()),
});
export type TextSignature = z.infer<typeof textSignatureSchema>;

export type TextArtifact = { signature: TextSignature; network: LoadedNetwork; tokenizer: Tokenizer };

/**
 * Writes a text classifier as a folder that transformers opens too.
 *
 * @param base the folder that its tokenizer is copied from
 */
export async function writeTextArtifact(
  folder: string,
  { signature, network, base }: { signature: TextSignature; network: LoadedNetwork; base: string },
): Promise<void> {
  const { labels } = signature.model.task;
  const architectures = [CLASSIFIER_OF[network.config.kind]];
  await writeModelFolder(
    folder,
    network,
    {
      architectures,
      problem_type: 'single_label_classification',
      id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
      label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    },
    base,
  );
  const ordered: unknown = JSON.parse(canonicalJson(signature));
  await writeFile(path.join(folder, SIGNATURE_FILE), `${JSON.stringify(ordered, null, 2)}\n`);
}

const CLASSIFIER_OF = {
  bert: 'BertForSequenceClassification',
  gpt2: 'GPT2ForSequenceClassification',
  llama: 'LlamaForSequenceClassification',
  vit: 'ViTForImageClassification',
} as const;

/** Reads and checks a text classifier. Throws `DL_ARTIFACT_CORRUPT`, and what its parts throw. */
export async function readTextArtifact(tf: Tf, folder: string): Promise<TextArtifact> {
  const signature = await readTextSignature(folder);
  const head = { kind: 'classes', classes: signature.model.task.labels.length } as const;
  const [network, { tokenizer }] = await Promise.all([
    loadNetwork(tf, folder, head, { seed: 0 }),
    readTokenizer(folder),
  ]);
  if (network.fresh.length > 0) throw corrupt(folder, `its weights lack "${network.fresh[0]!}"`);
  return { signature, network, tokenizer };
}

/** Whether the folder says that it holds a text classifier. */
export const isTextArtifact = (folder: string): Promise<boolean> =>
  readFile(path.join(folder, SIGNATURE_FILE), 'utf8')
    .then((text) => (JSON.parse(text) as { kind?: unknown } | null)?.kind === 'text-classifier')
    .catch(() => false);

/** What the version is, without its weights. Throws `DL_ARTIFACT_CORRUPT`. */
async function readTextSignature(folder: string): Promise<TextSignature> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path.join(folder, SIGNATURE_FILE), 'utf8'));
  } catch (error) {
    throw corrupt(folder, `${SIGNATURE_FILE} cannot be read: ${(error as Error).message}`);
  }
  const parsed = textSignatureSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw corrupt(folder, `${SIGNATURE_FILE}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
}

const corrupt = (folder: string, why: string) =>
  new DriftloopError('DL_ARTIFACT_CORRUPT', `The artifact in ${folder} cannot be used: ${why}.`, {
    fix: 'Take the artifact from the store again, or train the version again; do not edit its files.',
    status: 500,
  });
