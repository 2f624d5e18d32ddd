import { z } from 'zod';
import { activationNamed } from './activation-name.ts';
import { count, epsilon, labels, parseConfig, rate, tokenId } from './config-fields.ts';
import { readRope } from './rope-config.ts';
import type { Rope } from './rope-config.ts';
import { invalidBase, unsupportedBase } from './unfit-base.ts';

export type LlamaConfig = {
  kind: 'llama';
  vocabulary: number;
  positions: number;
  hidden: number;
  layers: number;
  heads: number;
  /** Heads of keys and values; each serves `heads / kvHeads` heads of queries. */
  kvHeads: number;
  headDim: number;
  /** Width of the feed-forward part. */
  inner: number;
  epsilon: number;
  /** Standard deviation of new weights. */
  spread: number;
  rope: Rope;
  bias: { attention: boolean; feedForward: boolean };
  dropout: { attention: number };
  padId: number | null;
  endId: number | null;
  /** Whether the embeddings are the head's weights too. */
  tied: boolean;
  labels: string[];
};

const schema = z.object({
  vocab_size: count,
  max_position_embeddings: count.default(2048),
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  intermediate_size: count,
  hidden_act: z.string().default('silu'),
  rms_norm_eps: epsilon.default(1e-6),
  initializer_range: z.number().positive().default(0.02),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  attention_dropout: rate,
  pad_token_id: tokenId,
  eos_token_id: tokenId,
  tie_word_embeddings: z.boolean().default(false),
  id2label: labels,
});

/** @throws {DriftloopError} `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED` */
export function readLlamaConfig(json: unknown): LlamaConfig {
  const c = parseConfig(schema, json);
  const heads = c.num_attention_heads;
  const kvHeads = c.num_key_value_heads ?? heads;
  const headDim = c.head_dim ?? c.hidden_size / heads;
  if (heads % kvHeads !== 0)
    throw invalidBase(`config.json: ${heads} heads cannot share ${kvHeads} heads of keys and values`);
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    throw invalidBase(`config.json: a head of ${headDim} units cannot be rotated in pairs`);
  if (activationNamed(c.hidden_act) !== 'silu')
    throw unsupportedBase(`the activation "${c.hidden_act}" in a Llama`, 'Take a Llama with silu');
  return {
    kind: 'llama',
    vocabulary: c.vocab_size,
    positions: c.max_position_embeddings,
    hidden: c.hidden_size,
    layers: c.num_hidden_layers,
    heads,
    kvHeads,
    headDim,
    inner: c.intermediate_size,
    epsilon: c.rms_norm_eps,
    spread: c.initializer_range,
    rope: readRope(json),
    bias: { attention: c.attention_bias, feedForward: c.mlp_bias },
    dropout: { attention: c.attention_dropout },
    padId: c.pad_token_id,
    endId: c.eos_token_id,
    tied: c.tie_word_embeddings,
    labels: c.id2label,
  };
}
