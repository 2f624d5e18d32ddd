import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { featureSchema } from '../../domain/input.ts';
import { needingRoom } from '../../domain/room.ts';
import { classificationSchema } from '../../domain/task.ts';
import { overBaseSchema } from '../adapters/over-base.ts';
import { createSharedBases } from '../adapters/shared-bases.ts';
import type { SharedBases } from '../adapters/shared-bases.ts';
import { WEIGHTS_FILE } from '../artifact.ts';
import type { Tf } from '../backend.ts';
import type { OpenClassifier } from '../classification/open-classifier.ts';
import { preprocessorConfig, readPixelScale } from '../models/image-pixels.ts';
import type { PixelScale } from '../models/image-pixels.ts';
import { nullWhereMissing } from '../models/weights-files.ts';
import { corrupt, readSignatureFile, writeSignature } from '../signature-file.ts';
import { ARTIFACT_FORMAT, referenceSchema, shiftSchema, trainingSchema } from '../signature.ts';
import type { ImageSize } from './augment.ts';
import type { ImageBytes } from './image-reader.ts';
import { imageNetwork } from './image-network.ts';
import { loadImageClassifier, readImageBase } from './load-image-classifier.ts';
import { PREPROCESSOR_FILE, readPreprocessor } from './read-preprocessor.ts';

/** Everything of an image classifier but its network and how its pixels are scaled, which lie beside it. */
export const imageSignatureSchema = z.strictObject({
  format: z.literal(ARTIFACT_FORMAT),
  kind: z.literal('image-classifier'),
  model: z.strictObject({
    name: z.string(),
    task: classificationSchema,
    input: z.record(z.string(), featureSchema),
  }),
  temperature: z.number().positive(),
  shift: shiftSchema.optional(),
  /** Left out by versions that were made before the loop could serve them. */
  reference: referenceSchema.optional(),
  training: trainingSchema,
  lineage: z.record(z.string(), z.string()),
  over: overBaseSchema.optional(),
});
export type ImageSignature = z.infer<typeof imageSignatureSchema>;

/**
 * Writes an image classifier as a folder. One with a ViT opens in transformers, a LayersModel in tfjs.
 *
 * @param base the folder that says how pixels are scaled, where it does
 */
export async function writeImageArtifact(
  folder: string,
  artifact: {
    signature: ImageSignature;
    classifier: OpenClassifier<ImageBytes>;
    size: ImageSize;
    scale: PixelScale;
    base: string | null;
  },
): Promise<void> {
  const { signature, classifier, size, scale, base } = artifact;
  await needingRoom(folder, async () => {
    await mkdir(folder, { recursive: true });
    await classifier.write(folder, signature.model.task.labels);
    const file = path.join(folder, PREPROCESSOR_FILE);
    const own = () => writeFile(file, `${JSON.stringify(preprocessorConfig(size, scale), null, 2)}\n`);
    if (base === null) await own();
    else
      await copyFile(path.join(base, PREPROCESSOR_FILE), file).catch(async (error: NodeJS.ErrnoException) => {
        nullWhereMissing(error);
        await own();
      });
    const over = classifier.over();
    await writeSignature(folder, over === null ? signature : { ...signature, over });
  });
}

/**
 * Reads and checks an image classifier.
 *
 * @param bases where the base of an adapter is held together with that of others; left out, it has its own
 * @throws {DriftloopError} `DL_ARTIFACT_CORRUPT`, and what its parts throw
 */
export async function readImageArtifact(
  tf: Tf,
  folder: string,
  bases: SharedBases = createSharedBases(tf),
): Promise<{ signature: ImageSignature; classifier: OpenClassifier<ImageBytes> }> {
  const signature = await readSignatureFile(folder, imageSignatureSchema);
  const { labels } = signature.model.task;
  if (signature.over) return { signature, classifier: await adaptedClassifier(tf, folder, signature, bases) };
  const { classifier } = await loadImageClassifier(tf, folder, { labels, seed: 0, packing: null });
  if (classifier.missing === null) return { signature, classifier };
  classifier.dispose();
  throw corrupt(folder, WEIGHTS_FILE, `"${classifier.missing}" is missing`);
}

async function adaptedClassifier(
  tf: Tf,
  folder: string,
  { over, model }: ImageSignature,
  bases: SharedBases,
): Promise<OpenClassifier<ImageBytes>> {
  const classes = model.task.labels.length;
  const [said, { size }] = await Promise.all([readPreprocessor(folder), readImageBase(folder)]);
  const { network, dispose } = await bases.open(folder, over!, { kind: 'classes', classes });
  return { ...imageNetwork(tf, network, { classes, scale: readPixelScale(said, size) }), dispose };
}

/** Whether what stands in a signature file is that of an image classifier. */
export const isImageSignature = (json: unknown): boolean =>
  (json as { kind?: unknown } | null)?.kind === imageSignatureSchema.shape.kind.value;
