import type { Tf } from '../backend.ts';
import type { Reader } from '../classification/classifier.ts';
import { isImageConfig } from '../models/config.ts';
import type { ImageConfig, ModelConfig } from '../models/config.ts';
import { imageClassLogits, pixelShapeOf } from '../models/image-network.ts';
import { pixelsOf } from '../models/image-pixels.ts';
import type { PixelScale } from '../models/image-pixels.ts';
import { unsupportedBase } from '../models/unfit-base.ts';

/** An image of the size of its network: bytes, row by row, the channels of a pixel together. */
export type ImageBytes = Uint8Array<ArrayBuffer>;

/** Throws `DL_BASE_UNSUPPORTED` where the base reads no images. */
export function imageConfigOf(config: ModelConfig): ImageConfig {
  if (isImageConfig(config)) return config;
  throw unsupportedBase(
    'a network for texts',
    'Take a ViT, a network that Driftloop has made, or a LayersModel',
  );
}

/** How a network of Driftloop's own parts reads images. */
export function imageReader(tf: Tf, config: ImageConfig, scale: PixelScale): Reader<ImageBytes> {
  const shape = pixelShapeOf(config);
  return {
    lengthOf: null,
    logits: (weights, images, chance) =>
      imageClassLogits(tf, config, weights, pixelsOf(images, shape, scale), chance),
  };
}
