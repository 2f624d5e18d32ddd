import { z } from 'zod';
import { count, epsilon, labels, parseConfig, rate } from './config-fields.ts';
import { invalidBase } from './unfit-base.ts';

/** A small convolutional network of Driftloop's own, for images of a few to some hundred pixels on a side. */
export type ConvnetConfig = {
  kind: 'convnet';
  /** Of the images, in pixels. */
  width: number;
  height: number;
  channels: number;
  /** Features of each stage; each stage but the first halves the sides. */
  widths: readonly number[];
  /** By how much the first convolution makes the sides smaller. */
  stem: number;
  /** Features that the head reads: those of the last stage. */
  hidden: number;
  epsilon: number;
  /** Standard deviation of a new head. */
  spread: number;
  /** Of what the head reads. */
  dropout: number;
  labels: string[];
};

/** Its `model_type`: no architecture of transformers. */
export const CONVNET = 'driftloop-convnet';

const schema = z.object({
  image_width: count,
  image_height: count,
  num_channels: count,
  widths: z.array(count).min(1).max(8),
  stem_stride: z.int().min(1).max(8).default(1),
  layer_norm_eps: epsilon.default(1e-5),
  classifier_dropout: rate,
  id2label: labels,
});

/** @throws {DriftloopError} `DL_BASE_INVALID` */
export function readConvnetConfig(json: unknown): ConvnetConfig {
  const c = parseConfig(schema, json);
  const smaller = c.stem_stride * 2 ** (c.widths.length - 1);
  if (Math.min(c.image_width, c.image_height) < smaller)
    throw invalidBase(
      `config.json: an image of ${c.image_width} × ${c.image_height} pixels cannot be made ${smaller} times smaller`,
    );
  const hidden = c.widths.at(-1)!;
  return {
    kind: 'convnet',
    width: c.image_width,
    height: c.image_height,
    channels: c.num_channels,
    widths: c.widths,
    stem: c.stem_stride,
    hidden,
    epsilon: c.layer_norm_eps,
    spread: 1 / Math.sqrt(hidden),
    dropout: c.classifier_dropout,
    labels: c.id2label,
  };
}
