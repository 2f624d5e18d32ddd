import { z } from 'zod';
import { activationNamed } from './activation-name.ts';
import type { ActivationName } from './activation-name.ts';
import { count, epsilon, labels, parseConfig, rate, tokenId } from './config-fields.ts';
import { unsupportedBase } from './unfit-base.ts';

export type BertConfig = {
  kind: 'bert';
  vocabulary: number;
  positions: number;
  /** Kinds of segments: which of the two texts a token belongs to. */
  types: number;
  hidden: number;
  layers: number;
  heads: number;
  /** Width of the feed-forward part. */
  inner: number;
  activation: ActivationName;
  epsilon: number;
  /** Standard deviation of new weights. */
  spread: number;
  dropout: { hidden: number; attention: number; classifier: number };
  padId: number | null;
  labels: string[];
};

const schema = z.object({
  vocab_size: count,
  max_position_embeddings: count,
  type_vocab_size: count.default(2),
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: count,
  hidden_act: z.string().default('gelu'),
  layer_norm_eps: epsilon.default(1e-12),
  initializer_range: z.number().positive().default(0.02),
  hidden_dropout_prob: rate,
  attention_probs_dropout_prob: rate,
  classifier_dropout: z.number().min(0).max(1).nullish(),
  pad_token_id: tokenId,
  id2label: labels,
  position_embedding_type: z.string().nullish(),
  is_decoder: z.boolean().nullish(),
  add_cross_attention: z.boolean().nullish(),
});

/** @throws {DriftloopError} `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED` */
export function readBertConfig(json: unknown): BertConfig {
  const c = parseConfig(schema, json);
  if ((c.position_embedding_type ?? 'absolute') !== 'absolute')
    throw unsupportedBase(
      `position_embedding_type "${c.position_embedding_type}"`,
      'Take a BERT with absolute positions',
    );
  if (c.is_decoder || c.add_cross_attention)
    throw unsupportedBase('a BERT that is a decoder', 'Take a BERT that is an encoder');
  return {
    kind: 'bert',
    vocabulary: c.vocab_size,
    positions: c.max_position_embeddings,
    types: c.type_vocab_size,
    hidden: c.hidden_size,
    layers: c.num_hidden_layers,
    heads: c.num_attention_heads,
    inner: c.intermediate_size,
    activation: activationNamed(c.hidden_act),
    epsilon: c.layer_norm_eps,
    spread: c.initializer_range,
    dropout: {
      hidden: c.hidden_dropout_prob,
      attention: c.attention_probs_dropout_prob,
      classifier: c.classifier_dropout ?? c.hidden_dropout_prob,
    },
    padId: c.pad_token_id,
    labels: c.id2label,
  };
}
