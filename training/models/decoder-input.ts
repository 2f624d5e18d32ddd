import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { positionsOf } from '../text/token-batch.ts';
import type { TokenBatch } from '../text/token-batch.ts';
import { attention } from './attention.ts';
import type { Sight } from './attention.ts';
import type { DecoderConfig } from './config.ts';
import type { Chance } from './dropout.ts';
import { bothMasks, causalMask, paddingMask } from './masks.ts';
import { rotaryOf } from './rotary.ts';
import type { Rotary } from './rotary.ts';

/** What a decoder reads, and how its tokens see each other: whole texts at once, or one token beside a memory. */
export type DecoderInput = { ids: Int32Array; positions: Int32Array; sight: Sight; attend: Attend };

/** Queries, keys and values of one layer, [tokens, heads·headDim], to what its tokens see, [tokens, heads·headDim]. */
export type Attend = (layer: number, qkv: readonly [Tensor2D, Tensor2D, Tensor2D], sight: Sight) => Tensor2D;

/** Of a decoder's attention, whichever family it is of. */
export const headShape = (config: DecoderConfig): { heads: number; kvHeads: number; headDim: number } =>
  config.kind === 'llama'
    ? config
    : { heads: config.heads, kvHeads: config.heads, headDim: config.hidden / config.heads };

/** Null where positions are learned embeddings. */
export const rotaryFor = (
  tf: Tf,
  config: DecoderConfig,
  at: { positions: Int32Array; batch: number; length: number },
): Rotary | null => (config.kind === 'llama' ? rotaryOf(tf, config.rope, config.headDim, at) : null);

/** Whole texts: each token sees itself and those before it that are no padding. */
export function wholeTexts(
  tf: Tf,
  config: DecoderConfig,
  tokens: TokenBatch,
  chance: Chance | undefined,
): DecoderInput {
  const { batch, length, ids } = tokens;
  const positions = positionsOf(tokens);
  const shape = { batch, length, ...headShape(config) };
  // Padding after the last token is hidden by being later; padding before the first has to be hidden from those after.
  const padding = startsWithPadding(tokens) ? paddingMask(tf, tokens) : null;
  const sight = {
    mask: bothMasks(tf, causalMask(tf, length, length), padding),
    rotary: rotaryFor(tf, config, { positions, batch, length }),
  };
  const drops = { dropout: config.dropout.attention, chance };
  return {
    ids,
    positions,
    sight,
    attend: (_, qkv, seen) => attention(tf, qkv, shape, { ...seen, ...drops }),
  };
}

const startsWithPadding = ({ mask, batch, length }: TokenBatch): boolean => {
  for (let row = 0; row < batch; row += 1) {
    const ofRow = mask.subarray(row * length, (row + 1) * length);
    if (ofRow.indexOf(0) !== -1 && ofRow.indexOf(0) < ofRow.lastIndexOf(1)) return true;
  }
  return false;
};
