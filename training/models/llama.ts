import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { swiglu } from './activations.ts';
import type { Sight } from './attention.ts';
import type { DecoderInput } from './decoder-input.ts';
import type { LlamaConfig } from './llama-config.ts';
import { rmsNorm } from './normalisation.ts';
import { forLayers, join, tablePart } from './parts.ts';
import type { FreePart, Parts } from './parts.ts';
import { residual } from './residual.ts';
import type { Weights } from './weights.ts';

const layerName = (layer: number) => `model.layers.${layer}`;

/** The decoder, without a head. */
export function llamaParts(config: LlamaConfig): Parts {
  const { hidden, inner, spread, bias, headDim } = config;
  const matrix = (module: string, inputs: number, outputs: number, bias: boolean) =>
    ({ module, inputs, outputs, bias, layout: 'out-in', spread }) as const;
  const gain = (module: string): FreePart => ({
    name: `${module}.weight`,
    shape: [hidden],
    starts: 'ones',
  });
  const queries = config.heads * headDim;
  const keys = config.kvHeads * headDim;
  const layers = forLayers(config.layers, (layer) => {
    const at = layerName(layer);
    return {
      linears: [
        matrix(`${at}.self_attn.q_proj`, hidden, queries, bias.attention),
        matrix(`${at}.self_attn.k_proj`, hidden, keys, bias.attention),
        matrix(`${at}.self_attn.v_proj`, hidden, keys, bias.attention),
        matrix(`${at}.self_attn.o_proj`, queries, hidden, bias.attention),
        matrix(`${at}.mlp.gate_proj`, hidden, inner, bias.feedForward),
        matrix(`${at}.mlp.up_proj`, hidden, inner, bias.feedForward),
        matrix(`${at}.mlp.down_proj`, inner, hidden, bias.feedForward),
      ],
      free: [gain(`${at}.input_layernorm`), gain(`${at}.post_attention_layernorm`)],
    };
  });
  const tables: Parts = {
    linears: [],
    free: [tablePart('model.embed_tokens.weight', config.vocabulary, hidden, spread), gain('model.norm')],
  };
  return join(tables, layers);
}

/**
 * The decoder of Llama: pre-normalised by root mean square, with rotary positions, shared heads of keys and values, and
 * a gated feed-forward part.
 *
 * @returns [batch·length, hidden] after the embeddings and after each layer, the last one after the final norm
 *
 * Source: Touvron et al., "LLaMA" (2023); as transformers' `modeling_llama.py` computes it.
 */
export function llamaStates(
  tf: Tf,
  config: LlamaConfig,
  weights: Weights,
  { ids, sight, attend }: DecoderInput,
): Tensor2D[] {
  const norm = (x: Tensor2D, module: string) =>
    rmsNorm(tf, x, weights.vector(`${module}.weight`), config.epsilon);

  const run = (x: Tensor2D, seen: Sight, layer: number) => {
    const at = layerName(layer);
    const part = (name: string) => weights.linear(`${at}.${name}`);
    const before = norm(x, `${at}.input_layernorm`);
    const qkv = [
      part('self_attn.q_proj')(before),
      part('self_attn.k_proj')(before),
      part('self_attn.v_proj')(before),
    ] as const;
    const mixed = residual(tf, x, part('self_attn.o_proj')(attend(layer, qkv, seen)));
    const normal = norm(mixed, `${at}.post_attention_layernorm`);
    const inner = swiglu(tf, part('mlp.gate_proj')(normal), part('mlp.up_proj')(normal));
    return residual(tf, mixed, part('mlp.down_proj')(inner));
  };

  const states = [weights.table('model.embed_tokens.weight').rows(ids)];
  for (let layer = 0; layer < config.layers; layer += 1) {
    const before = states.at(-1)!;
    states.push(weights.layer(layerName(layer), before, sight, (x, seen) => run(x, seen, layer)));
  }
  states.push(norm(states.pop()!, 'model.norm'));
  return states;
}
