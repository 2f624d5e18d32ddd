import { z } from 'zod';
import { activationNamed } from './activation-name.ts';
import type { ActivationName } from './activation-name.ts';
import { count, epsilon, labels, parseConfig, rate } from './config-fields.ts';
import { invalidBase } from './unfit-base.ts';

export type VitConfig = {
  kind: 'vit';
  /** Pixels on a side. */
  imageSize: number;
  patchSize: number;
  channels: number;
  hidden: number;
  layers: number;
  heads: number;
  /** Width of the feed-forward part. */
  inner: number;
  activation: ActivationName;
  epsilon: number;
  /** Standard deviation of new weights. */
  spread: number;
  attentionBias: boolean;
  dropout: { hidden: number; attention: number };
  labels: string[];
};

const schema = z.object({
  image_size: count,
  patch_size: count,
  num_channels: count.default(3),
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: count,
  hidden_act: z.string().default('gelu'),
  layer_norm_eps: epsilon.default(1e-12),
  initializer_range: z.number().positive().default(0.02),
  qkv_bias: z.boolean().default(true),
  hidden_dropout_prob: rate,
  attention_probs_dropout_prob: rate,
  id2label: labels,
});

/** @throws {DriftloopError} `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED` */
export function readVitConfig(json: unknown): VitConfig {
  const c = parseConfig(schema, json);
  if (c.image_size % c.patch_size !== 0)
    throw invalidBase(
      `config.json: an image of ${c.image_size} pixels has no whole patches of ${c.patch_size}`,
    );
  return {
    kind: 'vit',
    imageSize: c.image_size,
    patchSize: c.patch_size,
    channels: c.num_channels,
    hidden: c.hidden_size,
    layers: c.num_hidden_layers,
    heads: c.num_attention_heads,
    inner: c.intermediate_size,
    activation: activationNamed(c.hidden_act),
    epsilon: c.layer_norm_eps,
    spread: c.initializer_range,
    attentionBias: c.qkv_bias,
    dropout: { hidden: c.hidden_dropout_prob, attention: c.attention_probs_dropout_prob },
    labels: c.id2label,
  };
}
