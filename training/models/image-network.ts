import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { ImageConfig } from './config.ts';
import { convnetStates } from './convnet.ts';
import type { Chance } from './dropout.ts';
import { imageLogits } from './heads.ts';
import type { ImageBatch, PixelShape } from './image-pixels.ts';
import { vitStates } from './vit.ts';
import type { Weights } from './weights.ts';

/** What images a network takes. */
export function pixelShapeOf(config: ImageConfig): PixelShape {
  switch (config.kind) {
    case 'vit': {
      const { imageSize, channels } = config;
      return { width: imageSize, height: imageSize, channels, order: 'channels-first' };
    }
    case 'convnet': {
      const { width, height, channels } = config;
      return { width, height, channels, order: 'channels-last' };
    }
    default:
      return config satisfies never;
  }
}

/** Of each image, [batch, classes]; belongs to the open `tidy`. `chance`: of a step of training. */
export function imageClassLogits(
  tf: Tf,
  config: ImageConfig,
  weights: Weights,
  images: ImageBatch,
  chance?: Chance,
): Tensor2D {
  switch (config.kind) {
    case 'vit': {
      const last = vitStates(tf, config, weights, images, chance).at(-1)!;
      return imageLogits(tf, config, weights, last, images.batch);
    }
    case 'convnet':
      return weights.linear('classifier')(convnetStates(tf, config, weights, images, chance));
    default:
      return config satisfies never;
  }
}
