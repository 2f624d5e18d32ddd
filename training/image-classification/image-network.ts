import type { Tf } from '../backend.ts';
import { openNetwork } from '../classification/open-classifier.ts';
import type { ApartFrom, OpenClassifier } from '../classification/open-classifier.ts';
import type { PixelScale } from '../models/image-pixels.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import type { AdaptedNetwork, QuantisedNetwork } from '../quantisation/quantised-network.ts';
import { imageConfigOf, imageReader } from './image-reader.ts';
import type { ImageBytes } from './image-reader.ts';

/** A ViT or a convolutional network that tells images apart. */
export const imageNetwork = (
  tf: Tf,
  network: LoadedNetwork | QuantisedNetwork | AdaptedNetwork,
  { classes, scale, apartFrom = null }: { classes: number; scale: PixelScale; apartFrom?: ApartFrom | null },
): OpenClassifier<ImageBytes> =>
  openNetwork(tf, network, {
    classes,
    reader: imageReader(tf, imageConfigOf(network.config), scale),
    apartFrom,
  });
