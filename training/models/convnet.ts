import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { relu } from './activations.ts';
import type { ConvnetConfig } from './convnet-config.ts';
import { dropout } from './dropout.ts';
import type { Chance } from './dropout.ts';
import type { ImageBatch } from './image-pixels.ts';
import { layerNorm } from './normalisation.ts';
import { forLayers, join, normParts } from './parts.ts';
import type { FreePart, Parts } from './parts.ts';
import type { Weights } from './weights.ts';

/** Pixels on a side of each window. */
const WINDOW = 3;

const stageName = (stage: number) => `convnet.blocks.${stage}`;

/** A kernel [window, window, from, to], begun as He et al. (2015) begin it for rectified units. */
const kernel = (name: string, from: number, to: number): FreePart => ({
  name: `${name}.weight`,
  shape: [WINDOW, WINDOW, from, to],
  starts: { spread: Math.sqrt(2 / (WINDOW * WINDOW * from)) },
});

/** Everything but the head. */
export function convnetParts({ channels, widths, hidden }: ConvnetConfig): Parts {
  const stages = forLayers(widths.length, (stage) => {
    const [at, to] = [stageName(stage), widths[stage]!];
    const entry = kernel(`${at}.entry`, widths[stage - 1] ?? channels, to);
    return {
      linears: [],
      free: [entry, ...normParts(`${at}.norm`, to), kernel(`${at}.inner`, to, to)],
    };
  });
  return join(stages, { linears: [], free: normParts('convnet.norm', hidden) });
}

/**
 * What the head reads, [batch, hidden]. Each stage is a convolution in (with steps of two, but for the first) and one
 * beside it; norms are over the features of each place, so that an answer depends on its own image alone and nothing is
 * counted while it trains. The mean over all places ends it.
 *
 *   x ← entry(x);  x ← x + inner(relu(norm(x)))        for each stage
 *   mean over places of relu(norm(x))
 *
 * After He et al., "Identity Mappings in Deep Residual Networks" (2016), with layer normalisation for theirs over
 * batches. The states belong to the open `tidy`.
 *
 * @param images pixels as [batch, height, width, channels]
 */
export function convnetStates(
  tf: Tf,
  config: ConvnetConfig,
  weights: Weights,
  { batch, pixels }: ImageBatch,
  chance?: Chance,
): Tensor2D {
  const norm = (x: Tensor4D, module: string): Tensor4D => {
    const places: Tensor2D = tf.reshape(x, [-1, x.shape[3]]);
    const [gain, shift] = [weights.vector(`${module}.weight`), weights.vector(`${module}.bias`)];
    return tf.reshape(relu(tf, layerNorm(tf, places, gain, shift, config.epsilon)), x.shape);
  };
  const convolve = (x: Tensor4D, module: string, step: number): Tensor4D =>
    tf.conv2d(x, weights.get(`${module}.weight`) as Tensor4D, step, 'same');

  let x: Tensor4D = tf.tensor4d(pixels, [batch, config.height, config.width, config.channels]);
  for (let stage = 0; stage < config.widths.length; stage += 1) {
    const at = stageName(stage);
    const entered = convolve(x, `${at}.entry`, stage === 0 ? config.stem : 2);
    x = tf.add(entered, convolve(norm(entered, `${at}.norm`), `${at}.inner`, 1));
  }
  const seen: Tensor2D = tf.mean(norm(x, 'convnet.norm'), [1, 2]);
  return dropout(tf, seen, config.dropout, chance);
}
