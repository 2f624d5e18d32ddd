import { z } from 'zod';
import { activationNamed } from './activation-name.ts';
import type { ActivationName } from './activation-name.ts';
import { count, epsilon, labels, parseConfig, rate, tokenId } from './config-fields.ts';
import { unsupportedBase } from './unfit-base.ts';

export type Gpt2Config = {
  kind: 'gpt2';
  vocabulary: number;
  positions: number;
  hidden: number;
  layers: number;
  heads: number;
  /** Width of the feed-forward part. */
  inner: number;
  activation: ActivationName;
  epsilon: number;
  /** Standard deviation of new weights. */
  spread: number;
  dropout: { embedding: number; residual: number; attention: number };
  padId: number | null;
  endId: number | null;
  /** Whether the embeddings are the head's weights too. */
  tied: boolean;
  labels: string[];
};

const schema = z.object({
  vocab_size: count,
  n_positions: count,
  n_embd: count,
  n_layer: count,
  n_head: count,
  n_inner: count.nullish(),
  activation_function: z.string().default('gelu_new'),
  layer_norm_epsilon: epsilon.default(1e-5),
  initializer_range: z.number().positive().default(0.02),
  embd_pdrop: rate,
  resid_pdrop: rate,
  attn_pdrop: rate,
  pad_token_id: tokenId,
  eos_token_id: tokenId,
  tie_word_embeddings: z.boolean().default(true),
  id2label: labels,
  scale_attn_weights: z.boolean().default(true),
  scale_attn_by_inverse_layer_idx: z.boolean().default(false),
  add_cross_attention: z.boolean().nullish(),
});

/** @throws {DriftloopError} `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED` */
export function readGpt2Config(json: unknown): Gpt2Config {
  const c = parseConfig(schema, json);
  if (!c.scale_attn_weights || c.scale_attn_by_inverse_layer_idx)
    throw unsupportedBase('attention that is scaled in its own way', 'Take a GPT-2 with the usual scaling');
  if (c.add_cross_attention)
    throw unsupportedBase('cross-attention', 'Take a GPT-2 that looks at nothing but its own text');
  return {
    kind: 'gpt2',
    vocabulary: c.vocab_size,
    positions: c.n_positions,
    hidden: c.n_embd,
    layers: c.n_layer,
    heads: c.n_head,
    inner: c.n_inner ?? 4 * c.n_embd,
    activation: activationNamed(c.activation_function),
    epsilon: c.layer_norm_epsilon,
    spread: c.initializer_range,
    dropout: { embedding: c.embd_pdrop, residual: c.resid_pdrop, attention: c.attn_pdrop },
    padId: c.pad_token_id,
    endId: c.eos_token_id,
    tied: c.tie_word_embeddings,
    labels: c.id2label,
  };
}
