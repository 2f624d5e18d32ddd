import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Tf } from '../backend.ts';
import type { ApartFrom, OpenClassifier } from '../classification/open-classifier.ts';
import { loadForLabels } from '../fine-tuning/load-for-labels.ts';
import type { LoadForLabels } from '../fine-tuning/load-for-labels.ts';
import { LAYERS_FILE, readLayersShape } from '../layers-model/layers-files.ts';
import { loadLayersNetwork } from '../layers-model/layers-network.ts';
import { pixelShapeOf } from '../models/image-network.ts';
import { readPixelScale } from '../models/image-pixels.ts';
import type { PixelScale } from '../models/image-pixels.ts';
import { CONFIG_FILE, readBaseConfig } from '../models/model-folder.ts';
import { trunkParts } from '../models/network.ts';
import { parameterCount } from '../models/parts.ts';
import type { ImageSize } from './augment.ts';
import { imageNetwork } from './image-network.ts';
import { imageConfigOf } from './image-reader.ts';
import type { ImageBytes } from './image-reader.ts';
import { layersClassifier } from './layers-classifier.ts';

import { readPreprocessor } from './read-preprocessor.ts';

/** What is known of a base before any of it is loaded. */
export type ImageBase = {
  /** `layers`: a LayersModel, which no adapter goes beside. */
  kind: 'vit' | 'convnet' | 'layers';
  /** Of the images that it takes. */
  size: ImageSize;
  /** How many weights it has. */
  weights: number;
};

const hasLayersModel = (folder: string): boolean =>
  !existsSync(path.join(folder, CONFIG_FILE)) && existsSync(path.join(folder, LAYERS_FILE));

/** @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED` */
export async function readImageBase(folder: string): Promise<ImageBase> {
  if (hasLayersModel(folder)) return { kind: 'layers', ...(await readLayersShape(folder)) };
  const { config: any } = await readBaseConfig(folder);
  const config = imageConfigOf(any);
  const { width, height, channels } = pixelShapeOf(config);
  return {
    kind: config.kind,
    size: { width, height, channels },
    weights: parameterCount(trunkParts(config)),
  };
}

/** Where a LayersModel says nothing of its pixels, it is taken to want them from 0 to 1, as most do. */
const UNIT_PIXELS = { do_normalize: false };
const BYTES = { do_normalize: false, do_rescale: false };

export type LoadedImageClassifier = {
  classifier: OpenClassifier<ImageBytes>;
  size: ImageSize;
  scale: PixelScale;
  /** Of each label that it knew, its place among those that it shall tell apart. */
  known: readonly number[];
};

/**
 * Loads a ViT, a convolutional network of Driftloop's own or a LayersModel, with a head for these labels.
 *
 * @param apartFrom the base that an adapter is kept apart from; null: it is merged
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function loadImageClassifier(
  tf: Tf,
  folder: string,
  {
    labels,
    seed,
    packing,
    apartFrom = null,
  }: Omit<LoadForLabels, 'problem'> & { apartFrom?: ApartFrom | null },
): Promise<LoadedImageClassifier> {
  const classes = labels.length;
  const said = await readPreprocessor(folder);
  if (hasLayersModel(folder)) {
    const network = await loadLayersNetwork(tf, folder, { classes, seed });
    const { size, scalesItself } = network;
    const scale = readPixelScale(said ?? (scalesItself ? BYTES : UNIT_PIXELS), size);
    return { classifier: layersClassifier(tf, network, { scale }), size, scale, known: [] };
  }
  const { size } = await readImageBase(folder);
  const scale = readPixelScale(said, size);
  const { network, known } = await loadForLabels(tf, folder, {
    labels,
    problem: 'single_label_classification',
    seed,
    packing,
  });
  return { classifier: imageNetwork(tf, network, { classes, scale, apartFrom }), size, scale, known };
}
