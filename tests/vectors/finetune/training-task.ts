import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../../../training/backend.ts';
import { crossEntropy } from '../../../training/losses/cross-entropy.ts';
import type { ModelConfig, TextConfig } from '../../../training/models/config.ts';
import { classLogits, nextTokenLogits } from '../../../training/models/heads.ts';
import type { Head } from '../../../training/models/heads.ts';
import { imageClassLogits, pixelShapeOf } from '../../../training/models/image-network.ts';
import { pixelsOf, readPixelScale } from '../../../training/models/image-pixels.ts';
import { textStates } from '../../../training/models/network.ts';
import { takeRows } from '../../../training/models/rows.ts';
import type { Weights } from '../../../training/models/weights.ts';
import { nextTokens } from '../../../training/text/next-tokens.ts';
import { lastTokens } from '../../../training/text/token-batch.ts';
import { tokenRows } from './token-rows.ts';
import { expectKnownKeys, flat } from './vector-model.ts';
import type { VectorModel } from './vector-model.ts';

/** What the vectors train a model on, always the same batch: its scores where they are compared, and its loss. */
export type TrainingTask = {
  head: Head;
  logits: (tf: Tf, config: ModelConfig, weights: Weights) => Tensor2D;
  loss: (tf: Tf, config: ModelConfig, weights: Weights) => Scalar;
};

/** The batch that decoders are trained on. */
export const TRAIN_BATCH = 'train_batch.json';

export function trainingTask(model: VectorModel): TrainingTask {
  const { model_type: kind } = model.json('config.json') as { model_type: ModelConfig['kind'] };
  if (kind === 'bert') return encoderTask(model);
  return kind === 'vit' ? imageTask(model) : decoderTask(model);
}

type Matrix = number[][];
type Classified = { labels: number[]; logits: Matrix };

/** Class scores against the labels of `expected.json`. */
const classifying = (
  { labels, logits: { [0]: first } }: Classified,
  logits: TrainingTask['logits'],
): TrainingTask => ({
  head: { kind: 'classes', classes: first!.length },
  logits,
  loss: (tf, config, weights) => crossEntropy(tf, logits(tf, config, weights), tf.tensor1d(labels, 'int32')),
});

function encoderTask(model: VectorModel): TrainingTask {
  const expected = model.json('expected.json') as Classified &
    Record<'input_ids' | 'attention_mask' | 'token_type_ids', Matrix>;
  const tokens = tokenRows(expected.input_ids, expected.attention_mask, expected.token_type_ids);
  return classifying(expected, (tf, config, weights) => {
    const last = textStates(tf, config as TextConfig, weights, tokens).at(-1)!;
    return classLogits(tf, config as TextConfig, weights, last, tokens);
  });
}

function imageTask(model: VectorModel): TrainingTask {
  const expected = model.json('expected.json') as Classified & { images_uint8_hwc: number[][][][] };
  return classifying(expected, (tf, config, weights) => {
    if (config.kind !== 'vit') throw new Error('Not a network for images');
    const scale = readPixelScale(model.json('preprocessor_config.json'), config);
    const bytes = expected.images_uint8_hwc.map((image) => Uint8Array.from(flat(image)));
    const images = pixelsOf(bytes, pixelShapeOf(config), scale);
    return imageClassLogits(tf, config, weights, images);
  });
}

/** Scores at the last token of each text; the loss of every token that has a label. */
function decoderTask(model: VectorModel): TrainingTask {
  const batch = model.json(TRAIN_BATCH) as Record<'input_ids' | 'attention_mask' | 'labels', Matrix>;
  expectKnownKeys(batch, ['texts', 'input_ids', 'attention_mask', 'labels', 'loss'], TRAIN_BATCH);
  const tokens = tokenRows(batch.input_ids, batch.attention_mask);
  const next = nextTokens({ ...tokens, labels: Int32Array.from(batch.labels.flat()) });
  const scoresAt = (tf: Tf, config: ModelConfig, weights: Weights, positions: Int32Array) => {
    if (config.kind !== 'gpt2' && config.kind !== 'llama') throw new Error('Not a decoder');
    const last = textStates(tf, config, weights, tokens).at(-1)!;
    const rows = takeRows(tf, last, positions);
    return nextTokenLogits(config, weights, rows);
  };
  return {
    head: { kind: 'next-token' },
    logits: (tf, config, weights) => scoresAt(tf, config, weights, lastTokens(tokens)),
    loss: (tf, config, weights) =>
      crossEntropy(tf, scoresAt(tf, config, weights, next.positions), tf.tensor1d(next.tokens, 'int32')),
  };
}
