import type { Tensor2D } from '@tensorflow/tfjs';
import { DriftloopError } from '../../domain/errors.ts';
import type { Tf } from '../backend.ts';
import type { DecoderConfig, ModelConfig } from '../models/config.ts';
import type { Chance } from '../models/dropout.ts';
import { nextTokenLogits } from '../models/heads.ts';
import { textStates } from '../models/network.ts';
import { takeRows } from '../models/rows.ts';
import type { Weights } from '../models/weights.ts';
import { IGNORED } from '../losses/item-losses.ts';
import { nextTokens } from '../text/next-tokens.ts';
import { tokenBatch } from '../text/token-batch.ts';
import type { WrittenText } from './conversation.ts';

/** A network that writes. */
export type Decoder = { config: DecoderConfig; padId: number };

/** Throws `DL_BASE_UNSUPPORTED` where the base cannot write. */
export function decoderOf(config: ModelConfig, padId: number): Decoder {
  if (config.kind === 'gpt2' || config.kind === 'llama') return { config, padId };
  throw new DriftloopError(
    'DL_BASE_UNSUPPORTED',
    `The base model is ${config.kind === 'vit' ? 'a network for images' : 'an encoder: it reads texts and writes none'}.`,
    { fix: 'Take a decoder: a GPT-2 or a Llama.' },
  );
}

/** What should come next wherever something is to be learnt, in the order of the texts. */
export type NextTokens = {
  /** [n, vocabulary] */
  logits: Tensor2D;
  /** [n] */
  truth: Int32Array;
  /** Of which text each is, [n]. */
  text: Int32Array;
};

/** They belong to the open `tidy`. `chance`: of a step of training. */
export function learntTokens(
  tf: Tf,
  { config, padId }: Decoder,
  weights: Weights,
  texts: readonly WrittenText[],
  chance?: Chance,
): NextTokens {
  const tokens = tokenBatch(
    texts.map(({ ids }) => ({ ids, types: [] })),
    padId,
    'right',
  );
  const { length } = tokens;
  const labels = new Int32Array(tokens.ids.length).fill(IGNORED);
  for (const [row, { ids, learns }] of texts.entries())
    for (const [at, id] of ids.entries()) if (learns[at]) labels[row * length + at] = id;
  const { positions, tokens: truth } = nextTokens({ ...tokens, labels });
  const states = textStates(tf, config, weights, tokens, chance).at(-1)!;
  const logits = nextTokenLogits(config, weights, takeRows(tf, states, positions));
  return { logits, truth, text: positions.map((at) => Math.floor(at / length)) };
}
