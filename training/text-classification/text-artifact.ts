import { z } from 'zod';
import { featureSchema } from '../../domain/input.ts';
import { classificationSchema, multiLabelSchema } from '../../domain/task.ts';
import { ARTIFACT_FORMAT, referenceSchema, shiftSchema, trainingSchema } from '../signature.ts';
import { overBaseSchema } from '../adapters/over-base.ts';
import { createSharedBases } from '../adapters/shared-bases.ts';
import type { SharedBases } from '../adapters/shared-bases.ts';
import type { Tf } from '../backend.ts';
import { WEIGHTS_FILE } from '../artifact.ts';
import type { OpenClassifier } from '../classification/open-classifier.ts';
import { corrupt, readSignatureFile, writeSignature } from '../signature-file.ts';
import { loadNetwork } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { disposeNetwork } from '../quantisation/quantised-network.ts';
import type { AdaptedNetwork } from '../quantisation/quantised-network.ts';
import { readTokenizer } from '../text/tokenizer-folder.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { TokenisedText } from './text-reader.ts';

const common = {
  format: z.literal(ARTIFACT_FORMAT),
  /** Tokens of a text that are read. */
  longest: z.int().positive(),
  temperature: z.number().positive(),
  reference: referenceSchema,
  training: trainingSchema,
  lineage: z.record(z.string(), z.string()),
  over: overBaseSchema.optional(),
};
const model = { name: z.string(), input: z.record(z.string(), featureSchema) };

/** Everything of a text classifier but its weights and its words, which lie beside it as Hugging Face keeps them. */
export const textSignatureSchema = z.strictObject({
  kind: z.literal('text-classifier'),
  model: z.strictObject({ ...model, task: classificationSchema }),
  shift: shiftSchema.optional(),
  ...common,
});

/** The same where a text may have any number of labels. */
export const multiLabelSignatureSchema = z.strictObject({
  kind: z.literal('multi-label-text-classifier'),
  model: z.strictObject({ ...model, task: multiLabelSchema }),
  ...common,
  /** A label is answered whose score is at least that. */
  threshold: z.number().min(0).max(1),
});

export type TextSignature = z.infer<typeof textSignatureSchema> | z.infer<typeof multiLabelSignatureSchema>;

/** What tells texts apart, in memory. */
export type OpenTexts = OpenClassifier<TokenisedText>;

export type TextArtifact<Signature extends TextSignature> = {
  signature: Signature;
  network: LoadedNetwork | AdaptedNetwork;
  tokenizer: Tokenizer;
  dispose(): void;
};

/** Writes a text classifier as a folder that transformers opens too, or PEFT, where it is an adapter kept apart. */
export async function writeTextArtifact(
  folder: string,
  classifier: OpenTexts,
  signature: TextSignature,
): Promise<void> {
  await classifier.write(folder, signature.model.task.labels);
  const over = classifier.over();
  await writeSignature(folder, over === null ? signature : { ...signature, over });
}

/**
 * Reads and checks a text classifier of one kind.
 *
 * @param bases where the base of an adapter is held together with that of others; left out, it has its own
 * @throws {DriftloopError} `DL_ARTIFACT_CORRUPT`, and what its parts throw
 */
export async function readTextArtifact<Signature extends TextSignature>(
  tf: Tf,
  folder: string,
  schema: z.ZodType<Signature>,
  bases: SharedBases = createSharedBases(tf),
): Promise<TextArtifact<Signature>> {
  const signature = await readSignatureFile(folder, schema);
  const head = { kind: 'classes', classes: signature.model.task.labels.length } as const;
  const { tokenizer } = await readTokenizer(folder);
  if (signature.over) return { signature, tokenizer, ...(await bases.open(folder, signature.over, head)) };
  const network = await loadNetwork(tf, folder, head, { seed: 0 });
  const dispose = () => disposeNetwork(tf, network);
  if (network.fresh.length === 0) return { signature, tokenizer, network, dispose };
  dispose();
  throw corrupt(folder, WEIGHTS_FILE, `"${network.fresh[0]!}" is missing`);
}

/** Whether what stands in a signature file is that of a classifier with one label for each text. */
export const isTextSignature = (json: unknown): boolean =>
  (json as { kind?: unknown } | null)?.kind === textSignatureSchema.shape.kind.value;

/** Whether it is that of one with any number of labels for each. */
export const isMultiLabelSignature = (json: unknown): boolean =>
  (json as { kind?: unknown } | null)?.kind === multiLabelSignatureSchema.shape.kind.value;
