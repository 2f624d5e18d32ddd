import { z } from 'zod';
import { invalidBase, unsupportedBase } from './unfit-base.ts';
import type { VitConfig } from './vit-config.ts';
import type { ImageBatch } from './vit.ts';

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
export function readPixelScale(json: unknown, { channels }: VitConfig): PixelScale {
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
  { imageSize, channels }: VitConfig,
  { scale, mean, deviation }: PixelScale,
): ImageBatch {
  const area = imageSize ** 2;
  const pixels = new Float32Array(images.length * channels * area);
  for (const [i, bytes] of images.entries()) {
    if (bytes.length !== area * channels)
      throw new Error(`An image has ${bytes.length} bytes, not ${area * channels}`);
    for (let at = 0; at < area; at += 1)
      for (let c = 0; c < channels; c += 1)
        pixels[(i * channels + c) * area + at] =
          (bytes[at * channels + c]! * scale - mean[c]!) / deviation[c]!;
  }
  return { batch: images.length, pixels };
}
