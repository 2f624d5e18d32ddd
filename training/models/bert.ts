import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { TokenBatch } from '../text/token-batch.ts';
import { activations } from './activations.ts';
import { attention } from './attention.ts';
import type { Sight } from './attention.ts';
import type { BertConfig } from './bert-config.ts';
import { dropout } from './dropout.ts';
import type { Chance } from './dropout.ts';
import { paddingMask } from './masks.ts';
import { layerNorm } from './normalisation.ts';
import { forLayers, join, normParts, tablePart } from './parts.ts';
import type { Parts } from './parts.ts';
import { residual } from './residual.ts';
import { takeRows } from './rows.ts';
import type { Weights } from './weights.ts';

const layerName = (layer: number) => `bert.encoder.layer.${layer}`;

/** The encoder, without a head. */
export function bertParts(config: BertConfig): Parts {
  const { hidden, inner, spread } = config;
  const matrix = (module: string, inputs: number, outputs: number) =>
    ({ module, inputs, outputs, bias: true, layout: 'out-in', spread }) as const;
  const table = (name: string, rows: number) =>
    tablePart(`bert.embeddings.${name}.weight`, rows, hidden, spread);
  const embeddings: Parts = {
    linears: [],
    free: [
      table('word_embeddings', config.vocabulary),
      table('position_embeddings', config.positions),
      table('token_type_embeddings', config.types),
      ...normParts('bert.embeddings.LayerNorm', hidden),
    ],
  };
  const layers = forLayers(config.layers, (layer) => {
    const at = layerName(layer);
    return {
      linears: [
        ...['query', 'key', 'value'].map((name) => matrix(`${at}.attention.self.${name}`, hidden, hidden)),
        matrix(`${at}.attention.output.dense`, hidden, hidden),
        matrix(`${at}.intermediate.dense`, hidden, inner),
        matrix(`${at}.output.dense`, inner, hidden),
      ],
      free: [
        ...normParts(`${at}.attention.output.LayerNorm`, hidden),
        ...normParts(`${at}.output.LayerNorm`, hidden),
      ],
    };
  });
  return join(embeddings, layers);
}

/** What turns the first token's state into the text's: tanh(W·h + b). */
export const poolerPart = ({ hidden, spread }: BertConfig): Parts => ({
  linears: [
    { module: 'bert.pooler.dense', inputs: hidden, outputs: hidden, bias: true, layout: 'out-in', spread },
  ],
  free: [],
});

/**
 * The encoder of BERT: post-normalised, with positions and segments in the embeddings.
 *
 * @returns [batch·length, hidden] after the embeddings and after each layer
 *
 * Source: Devlin et al., "BERT" (2018); as transformers' `modeling_bert.py` computes it.
 */
export function bertStates(
  tf: Tf,
  config: BertConfig,
  weights: Weights,
  tokens: TokenBatch,
  chance?: Chance,
): Tensor2D[] {
  const { batch, length } = tokens;
  const sight = { mask: paddingMask(tf, tokens), rotary: null };
  const shape = {
    batch,
    length,
    heads: config.heads,
    kvHeads: config.heads,
    headDim: config.hidden / config.heads,
  };
  const norm = (x: Tensor2D, module: string) =>
    layerNorm(tf, x, weights.vector(`${module}.weight`), weights.vector(`${module}.bias`), config.epsilon);
  const drop = (x: Tensor2D) => dropout(tf, x, config.dropout.hidden, chance);

  const embed = () => {
    const rows = (name: string, indices: Int32Array) =>
      weights.table(`bert.embeddings.${name}.weight`).rows(indices);
    const positions = Int32Array.from({ length: batch * length }, (_, at) => at % length);
    const words = rows('word_embeddings', tokens.ids);
    const segments = residual(tf, words, rows('token_type_embeddings', tokens.types));
    const sum = residual(tf, segments, rows('position_embeddings', positions));
    return drop(norm(sum, 'bert.embeddings.LayerNorm'));
  };

  const run = (x: Tensor2D, seen: Sight, layer: number) => {
    const at = layerName(layer);
    const part = (name: string) => weights.linear(`${at}.${name}`);
    const [q, k, v] = ['query', 'key', 'value'].map((name) => part(`attention.self.${name}`)(x));
    const options = { ...seen, dropout: config.dropout.attention, chance };
    const attended = part('attention.output.dense')(attention(tf, [q!, k!, v!], shape, options));
    const mixed = norm(residual(tf, x, drop(attended)), `${at}.attention.output.LayerNorm`);
    const inner = activations[config.activation](tf, part('intermediate.dense')(mixed));
    return norm(residual(tf, mixed, drop(part('output.dense')(inner))), `${at}.output.LayerNorm`);
  };

  const states = [tf.tidy(embed)];
  for (let layer = 0; layer < config.layers; layer += 1) {
    const before = states.at(-1)!;
    states.push(weights.layer(layerName(layer), before, sight, (x, seen) => run(x, seen, layer)));
  }
  return states;
}

/** The text as a whole: [batch, hidden], out of the last states [batch·length, hidden]. */
export function bertPooled(
  tf: Tf,
  weights: Weights,
  last: Tensor2D,
  { batch, length }: TokenBatch,
): Tensor2D {
  const first = Int32Array.from({ length: batch }, (_, row) => row * length);
  return tf.tanh(weights.linear('bert.pooler.dense')(takeRows(tf, last, first)));
}
