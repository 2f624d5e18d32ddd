import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { featureSchema } from '../../domain/input.ts';
import { needingRoom } from '../../domain/room.ts';
import { classificationSchema } from '../../domain/task.ts';
import { WEIGHTS_FILE } from '../artifact.ts';
import type { Tf } from '../backend.ts';
import type { OpenClassifier } from '../classification/open-classifier.ts';
import { preprocessorConfig } from '../models/image-pixels.ts';
import type { PixelScale } from '../models/image-pixels.ts';
import { nullWhereMissing } from '../models/weights-files.ts';
import { corrupt, readSignatureFile, writeSignature } from '../signature-file.ts';
import { ARTIFACT_FORMAT, referenceSchema, shiftSchema, trainingSchema } from '../signature.ts';
import type { ImageSize } from './augment.ts';
import type { ImageBytes } from './image-reader.ts';
import { loadImageClassifier } from './load-image-classifier.ts';
import { PREPROCESSOR_FILE } from './read-preprocessor.ts';

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
    await writeSignature(folder, signature);
  });
}

/** Reads and checks an image classifier. Throws `DL_ARTIFACT_CORRUPT`, and what its parts throw. */
export async function readImageArtifact(
  tf: Tf,
  folder: string,
): Promise<{ signature: ImageSignature; classifier: OpenClassifier<ImageBytes> }> {
  const signature = await readSignatureFile(folder, imageSignatureSchema);
  const { labels } = signature.model.task;
  const { classifier } = await loadImageClassifier(tf, folder, { labels, seed: 0, packing: null });
  if (classifier.missing === null) return { signature, classifier };
  classifier.dispose();
  throw corrupt(folder, WEIGHTS_FILE, `"${classifier.missing}" is missing`);
}

/** Whether what stands in a signature file is that of an image classifier. */
export const isImageSignature = (json: unknown): boolean =>
  (json as { kind?: unknown } | null)?.kind === imageSignatureSchema.shape.kind.value;
