import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { clearSight } from '../models/attention.ts';
import type { DecoderConfig } from '../models/config.ts';
import type { DecoderInput } from '../models/decoder-input.ts';
import { gpt2States } from '../models/gpt2.ts';
import { nextTokenLogits } from '../models/heads.ts';
import { llamaStates } from '../models/llama.ts';
import { takeRows } from '../models/rows.ts';
import type { Weights } from '../models/weights.ts';
import { random } from '../random.ts';
import { lastTokens, positionsOf } from '../text/token-batch.ts';
import type { TokenBatch } from '../text/token-batch.ts';
import { drawToken, likeliest } from './choose-token.ts';
import type { Sampling } from './choose-token.ts';
import { emptyMemory } from './remembering.ts';

export type GenerationOptions = {
  maxNewTokens: number;
  /** What a text ends with, which is not part of it; null: it never ends by itself. */
  endId: number | null;
  /** Draws by chance, the same for the same seed; without it the likeliest token is taken. */
  sampling?: Sampling & { seed: number };
  /** Stops before the next token. */
  signal?: AbortSignal;
  /** Told after each step what every text has got by then; the next one waits for it. False ends all of them. */
  onStep?: (written: readonly (readonly number[])[]) => Promise<boolean>;
};

/**
 * Writes on each of the texts, all at once, one token after the other.
 *
 * @param prompts filled up on the left, so that all end at the same place
 * @returns the new tokens of each text, up to its end
 */
export async function generate(
  tf: Tf,
  config: DecoderConfig,
  weights: Weights,
  prompts: TokenBatch,
  { maxNewTokens, endId, sampling, signal, onStep }: GenerationOptions,
): Promise<number[][]> {
  const { batch } = prompts;
  const memory = emptyMemory(tf, config, prompts.mask, batch);
  const chance = sampling ? random(sampling.seed) : null;
  const written: number[][] = Array.from({ length: batch }, () => []);
  const isOpen = Array.from({ length: batch }, () => true);
  const longest = positionsOf(prompts).reduce((most, position) => Math.max(most, position), 0) + 1;
  const room = config.positions - longest;
  let ids = prompts.ids;
  let positions = positionsOf(prompts);
  let last = lastTokens(prompts);
  try {
    for (let i = 0; i < Math.min(maxNewTokens, room) && isOpen.includes(true); i += 1) {
      signal?.throwIfAborted();
      const logits = tf.tidy(() => {
        const attend = memory.attend(positions, ids.length / batch);
        const states = statesOf(tf, config, weights, { ids, positions, sight: clearSight, attend });
        return nextTokenLogits(config, weights, takeRows(tf, states, last));
      });
      const scores = await logits.data<'float32'>();
      logits.dispose();
      const chosen = new Int32Array(batch);
      for (let row = 0; row < batch; row += 1) {
        const own = scores.subarray(row * config.vocabulary, (row + 1) * config.vocabulary);
        const token = sampling && chance ? drawToken(own, sampling, chance) : likeliest(own);
        chosen[row] = token;
        if (token === endId) isOpen[row] = false;
        if (isOpen[row]) written[row]!.push(token);
      }
      if (onStep && !(await onStep(written))) break;
      positions = Int32Array.from(last, (at) => positions[at]! + 1);
      ids = chosen;
      last = Int32Array.from({ length: batch }, (_, row) => row);
    }
  } finally {
    memory.dispose();
  }
  return written;
}

function statesOf(tf: Tf, config: DecoderConfig, weights: Weights, input: DecoderInput): Tensor2D {
  const states =
    config.kind === 'gpt2' ? gpt2States(tf, config, weights, input) : llamaStates(tf, config, weights, input);
  return states.at(-1)!;
}
