import type { Feature } from '../../domain/input.ts';
import type { EpochScore } from '../../domain/run.ts';
import type { Classification } from '../../domain/task.ts';
import { peftBase } from '../adapters/peft-config.ts';
import { refuseUnfit } from '../backend-table.ts';
import type { Backend } from '../backend.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { packingOf } from '../classification/settings.ts';
import { teach } from '../classification/teach.ts';
import type { Taught } from '../classification/teach.ts';
import { tellOne } from '../classification/telling.ts';
import type { LabelledInputs, StagedState } from '../classification/tune-classifier.ts';
import type { TuningProgress } from '../fine-tuning/tuning-meter.ts';
import { measurePixelScale } from '../models/image-pixels.ts';
import { startNetwork } from '../models/start-network.ts';
import { plain } from '../plain.ts';
import { referenceShares } from '../reference.ts';
import { augment, changesNothing } from './augment.ts';
import type { ImageSize } from './augment.ts';
import { writeImageArtifact } from './image-artifact.ts';
import type { ImageSignature } from './image-artifact.ts';
import { loadImageClassifier } from './load-image-classifier.ts';
import { imageNetwork } from './image-network.ts';
import type { ImageBytes } from './image-reader.ts';
import { newConvnet } from './new-convnet.ts';
import type { ImageSettings } from './settings.ts';

/** Images of the size of the network, and the label of each. */
export type LabelledImages = { images: readonly ImageBytes[]; labels: readonly string[] };

type Signed = NonNullable<ImageSignature['reference']>;

const noImages: LabelledImages = { images: [], labels: [] };

export type ImageVersion = {
  backend: Backend & { note: string | null };
  model: { name: string; task: Classification; input: Record<string, Feature> };
  /** Of the images. */
  size: ImageSize;
  /** The folder of a base; null: a new convolutional network. */
  base: string | null;
  /** Of the artifact that the base is, where an adapter shall be kept apart from it; null: it is merged. */
  baseDigest?: string | null;
  settings: ImageSettings;
  /** What live images are compared with; left out where they are those of files. */
  features?: Signed['features'];
  train: LabelledImages;
  /** For early stopping and calibration. */
  validation: LabelledImages;
  /** Of the time before; null or nothing where there is none to learn from again, or to measure by. */
  old?: { rehearse: LabelledImages; golden: LabelledImages } | null;
  /** Said of the version, beside what the training says itself. */
  notes?: readonly string[];
  lineage: Readonly<Record<string, string>>;
  outFolder: string;
  onProgress: (progress: TuningProgress) => void;
  onEpoch?: ((score: EpochScore) => void) | undefined;
  checkpoints?: Checkpoints<StagedState> | undefined;
  signal?: AbortSignal | undefined;
};

/**
 * From images to an artifact: a base is loaded or begun, trained, calibrated and written as a folder; a ViT opens in
 * transformers too, a LayersModel in tfjs. Leaves no tensor behind, however it ends.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`, `DL_ADAPTER_UNFIT`,
 *   `DL_TRAINING_OUT_OF_MEMORY`, `DL_UNKNOWN_LABEL`; the signal's reason when aborted
 */
export async function trainImageVersion(version: ImageVersion): Promise<Taught> {
  const { backend, model, base, settings, train, validation } = version;
  const { rehearse, golden } = version.old ?? { rehearse: noImages, golden: noImages };
  refuseUnfit(backend.name, { task: 'image', method: settings.method.kind });
  const { classifier, size, scale, known } = await beginOrLoad(version);
  try {
    const telling = tellOne(model);
    const labelled = (of: LabelledImages): LabelledInputs<ImageBytes> => ({
      inputs: of.images,
      labels: telling.truthsOf(of.labels),
    });
    const { augmentation } = settings;
    const { taught, signed, predicted } = await teach(classifier, {
      backend,
      telling,
      rowsAre: 'images',
      notes: version.notes ?? [],
      train: labelled(train),
      validation: labelled(validation),
      // What a base knows it may be held to without any old rows.
      old: base === null ? null : { known, rehearse: labelled(rehearse), golden: labelled(golden) },
      settings,
      vary: changesNothing(augmentation)
        ? undefined
        : (image, chance) => augment(image, size, augmentation, chance),
      onProgress: version.onProgress,
      onEpoch: version.onEpoch,
      checkpoints: version.checkpoints,
      signal: version.signal,
    });
    await writeImageArtifact(version.outFolder, {
      classifier,
      size,
      scale,
      base,
      signature: {
        ...signed,
        kind: 'image-classifier',
        model,
        reference: {
          features: version.features ?? {},
          labels: plain(referenceShares({}, [], model.task, predicted)).labels,
        },
        lineage: { ...version.lineage },
      },
    });
    return taught;
  } finally {
    classifier.dispose();
  }
}

async function beginOrLoad(version: ImageVersion) {
  const { model, size, base, baseDigest = null, settings, train } = version;
  const { tf } = version.backend;
  const { labels } = model.task;
  const { seed, method } = settings;
  const apartFrom = base && baseDigest ? { digest: baseDigest, name: peftBase(version.lineage, base) } : null;
  if (base !== null)
    return await loadImageClassifier(tf, base, { labels, seed, packing: packingOf(method), apartFrom });
  const classes = labels.length;
  const network = startNetwork(tf, newConvnet(size), { kind: 'classes', classes }, seed);
  const scale = measurePixelScale(train.images, size.channels);
  return { classifier: imageNetwork(tf, network, { classes, scale }), size, scale, known: [] };
}
