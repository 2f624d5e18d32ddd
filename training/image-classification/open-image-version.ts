import type { Output } from '../../domain/task.ts';
import type { SharedBases } from '../adapters/shared-bases.ts';
import type { Tf } from '../backend.ts';
import { allLogits } from '../classification/all-logits.ts';
import { outputsOf } from '../classification/outputs-of.ts';
import { readImageArtifact } from './image-artifact.ts';
import type { ImageSignature } from './image-artifact.ts';
import type { ImageBytes } from './image-reader.ts';

export type OpenImageVersion = Pick<ImageSignature, 'model' | 'lineage'> & {
  /** A label and calibrated scores of each image, in their order. */
  answer(images: readonly ImageBytes[]): Promise<Output[]>;
  dispose(): void;
};

/**
 * Opens an image classifier to answer.
 *
 * @param bases where the base of an adapter is held together with that of others; left out, it has its own
 * @throws {DriftloopError} `DL_ARTIFACT_CORRUPT`, and what its parts throw
 */
export async function openImageVersion(
  tf: Tf,
  folder: string,
  bases?: SharedBases,
): Promise<OpenImageVersion> {
  const { signature, classifier } = await readImageArtifact(tf, folder, bases);
  const { model, temperature, shift, lineage } = signature;
  const { labels } = model.task;
  const answers = classifier.answers();
  return {
    model,
    lineage,
    async answer(images) {
      const logits = await allLogits(tf, answers, { inputs: images, labels: labels.length });
      return outputsOf(labels, logits, temperature, shift);
    },
    dispose: () => classifier.dispose(),
  };
}
