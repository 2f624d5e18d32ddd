import { z } from 'zod';
import { featureSchema } from '../../domain/input.ts';
import { classificationSchema } from '../../domain/task.ts';
import { ARTIFACT_FORMAT, referenceSchema, trainingSchema } from '../signature.ts';
import type { Tf } from '../backend.ts';
import { WEIGHTS_FILE } from '../artifact.ts';
import type { OpenClassifier } from '../classification/open-classifier.ts';
import { corrupt, readSignatureFile, writeSignature } from '../signature-file.ts';
import { loadNetwork } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { readTokenizer } from '../text/tokenizer-folder.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { TokenisedText } from './text-reader.ts';

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
  reference: referenceSchema,
  training: trainingSchema,
  lineage: z.record(z.string(), z.string()),
});
export type TextSignature = z.infer<typeof textSignatureSchema>;

export type TextArtifact = { signature: TextSignature; network: LoadedNetwork; tokenizer: Tokenizer };

/** Writes a text classifier as a folder that transformers opens too. */
export async function writeTextArtifact(
  folder: string,
  classifier: OpenClassifier<TokenisedText>,
  signature: TextSignature,
): Promise<void> {
  await classifier.write(folder, signature.model.task.labels);
  await writeSignature(folder, signature);
}

/** Reads and checks a text classifier. Throws `DL_ARTIFACT_CORRUPT`, and what its parts throw. */
export async function readTextArtifact(tf: Tf, folder: string): Promise<TextArtifact> {
  const signature = await readSignatureFile(folder, textSignatureSchema);
  const head = { kind: 'classes', classes: signature.model.task.labels.length } as const;
  const [network, { tokenizer }] = await Promise.all([
    loadNetwork(tf, folder, head, { seed: 0 }),
    readTokenizer(folder),
  ]);
  if (network.fresh.length > 0) throw corrupt(folder, WEIGHTS_FILE, `"${network.fresh[0]!}" is missing`);
  return { signature, network, tokenizer };
}

/** Whether what stands in a signature file is that of a text classifier. */
export const isTextSignature = (json: unknown): boolean =>
  (json as { kind?: unknown } | null)?.kind === textSignatureSchema.shape.kind.value;
