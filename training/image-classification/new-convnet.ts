import type { ImageSize } from './augment.ts';
import { CONVNET } from '../models/convnet-config.ts';

/** Features of the first stage; each further stage has twice as many, up to the most. */
const FEATURES = { first: 32, most: 128 };
/** The sides are halved until they are at most that: then the last windows see most of the image. */
const SMALLEST_SIDE = 4;
/** Images with a longer side are halved at once, because most of the work is in the first stage. */
const HALVED_AT_ONCE = 40;

/** The `config.json` of a convolutional network that is right for images of this size. */
export function newConvnet({ width, height, channels }: ImageSize) {
  const stem = Math.max(width, height) > HALVED_AT_ONCE ? 2 : 1;
  const stages = 1 + Math.max(0, Math.round(Math.log2(Math.min(width, height) / stem / SMALLEST_SIDE)));
  const widths = Array.from({ length: stages }, (_, stage) =>
    Math.min(FEATURES.most, FEATURES.first * 2 ** stage),
  );
  return {
    model_type: CONVNET,
    image_width: width,
    image_height: height,
    num_channels: channels,
    widths,
    stem_stride: stem,
    classifier_dropout: 0.1,
  };
}
