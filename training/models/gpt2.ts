import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { activations } from './activations.ts';
import type { Sight } from './attention.ts';
import type { DecoderInput } from './decoder-input.ts';
import { dropout } from './dropout.ts';
import type { Chance } from './dropout.ts';
import type { Gpt2Config } from './gpt2-config.ts';
import { layerNorm } from './normalisation.ts';
import { forLayers, join, normParts, tablePart } from './parts.ts';
import type { Parts } from './parts.ts';
import { residual } from './residual.ts';
import type { Weights } from './weights.ts';

const layerName = (layer: number) => `transformer.h.${layer}`;

/** The decoder, without a head. */
export function gpt2Parts(config: Gpt2Config): Parts {
  const { hidden, inner, spread } = config;
  const matrix = (module: string, inputs: number, outputs: number, deviation = spread) =>
    ({ module, inputs, outputs, bias: true, layout: 'in-out', spread: deviation }) as const;
  // What adds to the residual stream begins smaller, the more layers add to it.
  const adding = spread / Math.sqrt(2 * config.layers);
  const layers = forLayers(config.layers, (layer) => {
    const at = layerName(layer);
    return {
      linears: [
        matrix(`${at}.attn.c_attn`, hidden, 3 * hidden),
        matrix(`${at}.attn.c_proj`, hidden, hidden, adding),
        matrix(`${at}.mlp.c_fc`, hidden, inner),
        matrix(`${at}.mlp.c_proj`, inner, hidden, adding),
      ],
      free: [...normParts(`${at}.ln_1`, hidden), ...normParts(`${at}.ln_2`, hidden)],
    };
  });
  const tables: Parts = {
    linears: [],
    free: [
      tablePart('transformer.wte.weight', config.vocabulary, hidden, spread),
      tablePart('transformer.wpe.weight', config.positions, hidden, spread),
      ...normParts('transformer.ln_f', hidden),
    ],
  };
  return join(tables, layers);
}

/**
 * The decoder of GPT-2: pre-normalised, with learned positions.
 *
 * @returns [batch·length, hidden] after the embeddings and after each layer, the last one after the final norm
 *
 * Source: Radford et al., "Language Models are Unsupervised Multitask Learners" (2019); as transformers'
 * `modeling_gpt2.py` computes it.
 */
export function gpt2States(
  tf: Tf,
  config: Gpt2Config,
  weights: Weights,
  { ids, positions, sight, attend }: DecoderInput,
  chance?: Chance,
): Tensor2D[] {
  const norm = (x: Tensor2D, module: string) =>
    layerNorm(tf, x, weights.vector(`${module}.weight`), weights.vector(`${module}.bias`), config.epsilon);
  const drop = (x: Tensor2D) => dropout(tf, x, config.dropout.residual, chance);

  const embed = () => {
    const words = weights.table('transformer.wte.weight').rows(ids);
    const places = weights.table('transformer.wpe.weight').rows(positions);
    return dropout(tf, residual(tf, words, places), config.dropout.embedding, chance);
  };

  const run = (x: Tensor2D, seen: Sight, layer: number) => {
    const at = layerName(layer);
    const part = (name: string) => weights.linear(`${at}.${name}`);
    const [q, k, v] = tf.split(part('attn.c_attn')(norm(x, `${at}.ln_1`)), 3, 1) as [
      Tensor2D,
      Tensor2D,
      Tensor2D,
    ];
    const mixed = residual(tf, x, drop(part('attn.c_proj')(attend(layer, [q, k, v], seen))));
    const inner = activations[config.activation](tf, part('mlp.c_fc')(norm(mixed, `${at}.ln_2`)));
    return residual(tf, mixed, drop(part('mlp.c_proj')(inner)));
  };

  const states = [tf.tidy(embed)];
  for (let layer = 0; layer < config.layers; layer += 1) {
    const before = states.at(-1)!;
    states.push(weights.layer(layerName(layer), before, sight, (x, seen) => run(x, seen, layer)));
  }
  states.push(norm(states.pop()!, 'transformer.ln_f'));
  return states;
}
