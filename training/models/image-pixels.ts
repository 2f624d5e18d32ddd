import { z } from 'zod';
import { invalidBase, unsupportedBase } from './unfit-base.ts';

/** Images of one size as numbers, already normalised, in the order that their network takes them. */
export type ImageBatch = { batch: number; pixels: Float32Array };

/** What a network takes: how large, and whether the channels of a pixel lie together (`last`) or each is a plane. */
export type PixelShape = {
  width: number;
  height: number;
  channels: number;
  order: 'channels-first' | 'channels-last';
};

/** How bytes become numbers: (byte · scale − mean) / deviation, channel by channel. */
export type PixelScale = { scale: number; mean: readonly number[]; deviation: readonly number[] };

const perChannel = z.array(z.number());
const schema = z.object({
  do_rescale: z.boolean().default(true),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: perChannel.default([0.5, 0.5, 0.5]),
  image_std: perChannel.default([0.5, 0.5, 0.5]),
  do_center_crop: z.boolean().nullish(),
});

/**
 * Out of a `preprocessor_config.json`; null stands for a base that has none.
 *
 * @throws {DriftloopError} `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export function readPixelScale(json: unknown, { channels }: { channels: number }): PixelScale {
  const parsed = schema.safeParse(json ?? {});
  if (!parsed.success) throw invalidBase('preprocessor_config.json has fields of the wrong kind');
  const c = parsed.data;
  if (c.do_center_crop)
    throw unsupportedBase(
      'images that are cropped before they are seen',
      'Take a base without do_center_crop',
    );
  const each = (values: readonly number[], neutral: number) =>
    c.do_normalize ? values : Array.from({ length: channels }, () => neutral);
  const [mean, deviation] = [each(c.image_mean, 0), each(c.image_std, 1)];
  if (mean.length !== channels || deviation.length !== channels)
    throw invalidBase(`preprocessor_config.json has no mean and deviation for each of ${channels} channels`);
  return { scale: c.do_rescale ? c.rescale_factor : 1, mean, deviation };
}

/**
 * Images as a network takes them.
 *
 * @param images each [height, width, channels] in bytes, of the size of the network
 */
export function pixelsOf(
  images: readonly Uint8Array[],
  { width, height, channels, order }: PixelShape,
  { scale, mean, deviation }: PixelScale,
): ImageBatch {
  const area = width * height;
  const pixels = new Float32Array(images.length * channels * area);
  const [stepOfPlace, stepOfChannel] = order === 'channels-first' ? [1, area] : [channels, 1];
  for (const [i, bytes] of images.entries()) {
    if (bytes.length !== area * channels)
      throw new Error(`An image has ${bytes.length} bytes, not ${area * channels}`);
    const from = i * channels * area;
    for (let at = 0; at < area; at += 1)
      for (let c = 0; c < channels; c += 1)
        pixels[from + at * stepOfPlace + c * stepOfChannel] =
          (bytes[at * channels + c]! * scale - mean[c]!) / deviation[c]!;
  }
  return { batch: images.length, pixels };
}

/**
 * The scale that gives each channel of these images a mean of 0 and a deviation of 1.
 *
 * @param images as for `pixelsOf`; at least one
 */
export function measurePixelScale(images: readonly Uint8Array[], channels: number): PixelScale {
  const scale = 1 / 255;
  const [sum, squares] = [new Float64Array(channels), new Float64Array(channels)];
  let places = 0;
  for (const bytes of images) {
    places += bytes.length / channels;
    for (let i = 0; i < bytes.length; i += 1) {
      const value = bytes[i]! * scale;
      sum[i % channels]! += value;
      squares[i % channels]! += value * value;
    }
  }
  const mean = Array.from(sum, (total) => total / places);
  const deviation = Array.from(squares, (total, c) => Math.sqrt(Math.max(0, total / places - mean[c]! ** 2)));
  // A channel that is the same everywhere says nothing: it becomes 0.
  return { scale, mean, deviation: deviation.map((one) => (one > 1e-6 ? one : 1)) };
}

/** What says the same in the words of transformers' `ViTImageProcessor`: images are stretched to the size, then scaled. */
export const preprocessorConfig = (
  { width, height }: Pick<PixelShape, 'width' | 'height'>,
  { scale, mean, deviation }: PixelScale,
) => ({
  image_processor_type: 'ViTImageProcessor',
  do_resize: true,
  size: { height, width },
  resample: 2,
  do_rescale: true,
  rescale_factor: scale,
  do_normalize: true,
  image_mean: mean,
  image_std: deviation,
});
