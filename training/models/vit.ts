import type { Rank, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { activations } from './activations.ts';
import { attention, clearSight } from './attention.ts';
import { dropout } from './dropout.ts';
import type { Chance } from './dropout.ts';
import { layerNorm } from './normalisation.ts';
import { forLayers, join, normParts } from './parts.ts';
import type { Parts } from './parts.ts';
import { residual } from './residual.ts';
import type { ImageBatch } from './image-pixels.ts';
import type { VitConfig } from './vit-config.ts';
import type { Weights } from './weights.ts';
import { withGradient } from '../custom-gradient.ts';
import { sumRows } from './sum-rows.ts';

const layerName = (layer: number) => `vit.layers.${layer}`;

const patchesOf = ({ imageSize, patchSize }: VitConfig): number => (imageSize / patchSize) ** 2;

/** The encoder, without a head; modules are named as by release 5 of transformers. */
export function vitParts(config: VitConfig): Parts {
  const { hidden, inner, spread, patchSize, channels } = config;
  const matrix = (module: string, inputs: number, outputs: number, bias = true) =>
    ({ module, inputs, outputs, bias, layout: 'out-in', spread }) as const;
  const embeddings: Parts = {
    linears: [],
    free: [
      { name: 'vit.embeddings.cls_token', shape: [1, 1, hidden], starts: { spread } },
      {
        name: 'vit.embeddings.position_embeddings',
        shape: [1, patchesOf(config) + 1, hidden],
        starts: { spread },
      },
      {
        name: 'vit.embeddings.patch_embeddings.projection.weight',
        shape: [hidden, channels, patchSize, patchSize],
        starts: { spread },
      },
      { name: 'vit.embeddings.patch_embeddings.projection.bias', shape: [hidden], starts: 'zeros' },
      ...normParts('vit.layernorm', hidden),
    ],
  };
  const layers = forLayers(config.layers, (layer) => {
    const at = layerName(layer);
    return {
      linears: [
        ...['q_proj', 'k_proj', 'v_proj'].map((name) =>
          matrix(`${at}.attention.${name}`, hidden, hidden, config.attentionBias),
        ),
        matrix(`${at}.attention.o_proj`, hidden, hidden),
        matrix(`${at}.mlp.fc1`, hidden, inner),
        matrix(`${at}.mlp.fc2`, inner, hidden),
      ],
      free: [...normParts(`${at}.layernorm_before`, hidden), ...normParts(`${at}.layernorm_after`, hidden)],
    };
  });
  return join(embeddings, layers);
}

/**
 * The encoder of ViT: patches as tokens after a learned first one, pre-normalised.
 *
 * @param images pixels as [batch, channels, height, width]
 * @returns [batch·(1 + patches), hidden] after the embeddings and after each layer, before the final norm
 *
 * Source: Dosovitskiy et al., "An Image is Worth 16x16 Words" (2020); as transformers' `modeling_vit.py` computes it.
 */
export function vitStates(
  tf: Tf,
  config: VitConfig,
  weights: Weights,
  images: ImageBatch,
  chance?: Chance,
): Tensor2D[] {
  const { batch } = images;
  const { hidden } = config;
  const patches = patchesOf(config);
  const length = patches + 1;
  const shape = { batch, length, heads: config.heads, kvHeads: config.heads, headDim: hidden / config.heads };
  const norm = (x: Tensor2D, module: string) => vitNorm(tf, config, weights, x, module);
  const drop = (x: Tensor2D) => dropout(tf, x, config.dropout.hidden, chance);

  const embed = () => {
    const embedded = embedPatches(
      tf,
      patchRows(tf, config, images),
      weights.get('vit.embeddings.patch_embeddings.projection.weight') as Tensor4D,
      weights.vector('vit.embeddings.patch_embeddings.projection.bias'),
    );
    const first = tf.tile(weights.get('vit.embeddings.cls_token') as Tensor3D, [batch, 1, 1]);
    const all = tf.concat([first, tf.reshape(embedded, [batch, patches, hidden])], 1);
    const placed: Tensor3D = tf.add(all, weights.get('vit.embeddings.position_embeddings'));
    return drop(tf.reshape(placed, [batch * length, hidden]));
  };

  const run = (x: Tensor2D, layer: number) => {
    const at = layerName(layer);
    const part = (name: string) => weights.linear(`${at}.${name}`);
    const before = norm(x, `${at}.layernorm_before`);
    const [q, k, v] = ['q_proj', 'k_proj', 'v_proj'].map((name) => part(`attention.${name}`)(before));
    const options = { ...clearSight, dropout: config.dropout.attention, chance };
    const seen = attention(tf, [q!, k!, v!], shape, options);
    const mixed = residual(tf, x, drop(part('attention.o_proj')(seen)));
    const inner = part('mlp.fc1')(norm(mixed, `${at}.layernorm_after`));
    return residual(tf, mixed, drop(part('mlp.fc2')(activations[config.activation](tf, inner))));
  };

  const states = [tf.tidy(embed)];
  for (let layer = 0; layer < config.layers; layer += 1) {
    const before = states.at(-1)!;
    states.push(weights.layer(layerName(layer), before, clearSight, (x) => run(x, layer)));
  }
  return states;
}

/** The final norm, which a classifier reads the first token of: `vit.layernorm`; the layers' own are like it. */
export const vitNorm = (tf: Tf, config: VitConfig, weights: Weights, x: Tensor2D, module = 'vit.layernorm') =>
  layerNorm(tf, x, weights.vector(`${module}.weight`), weights.vector(`${module}.bias`), config.epsilon);

/** Each patch as a row, [batch·patches, channels·patch·patch], in the order of a convolution's weights. */
function patchRows(
  tf: Tf,
  { imageSize, patchSize, channels }: VitConfig,
  { batch, pixels }: ImageBatch,
): Tensor2D {
  const across = imageSize / patchSize;
  const grid = tf.tensor(pixels, [batch, channels, across, patchSize, across, patchSize]);
  return tf.reshape(tf.transpose(grid, [0, 2, 4, 1, 3, 5]), [batch * across * across, -1]);
}

/** A convolution whose steps are as wide as its window, as one product; pixels need no gradient. */
const embedPatches = (tf: Tf, rows: Tensor2D, weight: Tensor4D, bias: Tensor1D): Tensor2D =>
  withGradient<Tensor2D>(
    tf,
    [weight, bias],
    (save) => {
      save([rows]);
      const matrix = tf.reshape<Rank.R2>(weight, [weight.shape[0], -1]);
      return tf.add(tf.matMul(rows, matrix, false, true), bias);
    },
    (dy, [rows]) => [tf.reshape(tf.matMul(dy, rows!, true), weight.shape), sumRows(tf, dy)],
  );
