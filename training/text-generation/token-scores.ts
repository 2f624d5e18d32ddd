import type { Tf } from '../backend.ts';
import { itemLosses } from '../losses/item-losses.ts';
import type { Weights } from '../models/weights.ts';
import type { WrittenText } from './conversation.ts';
import { learntTokens } from './decoder.ts';
import type { Decoder } from './decoder.ts';

/** How well a decoder foresees what is to be learnt of a text. */
export type TokenScore = {
  /** Summed over the tokens, in nats: minus the log-probability of all of them. */
  loss: number;
  tokens: number;
  /** How many of them it finds the likeliest. */
  right: number;
};

/** In memory at once: a vocabulary is wide, and there are scores for all of it at each token. */
const AT_ONCE = { texts: 16, tokens: 2_048 };

/** Of any number of texts, in their order. Texts of a similar length are computed together. */
export async function tokenScores(
  tf: Tf,
  decoder: Decoder,
  weights: Weights,
  texts: readonly WrittenText[],
  signal?: AbortSignal,
): Promise<TokenScore[]> {
  const scores = texts.map((): TokenScore => ({ loss: 0, tokens: 0, right: 0 }));
  for (const picked of byLength(
    texts.map(({ ids }) => ids.length),
    AT_ONCE,
  )) {
    signal?.throwIfAborted();
    const some = picked.map((row) => texts[row]!);
    const { text, ...found } = tf.tidy(() => {
      const { logits, truth, text: of } = learntTokens(tf, decoder, weights, some);
      const labels = tf.tensor1d(truth, 'int32');
      return {
        text: of,
        losses: itemLosses(tf, logits, labels).losses,
        right: tf.equal(tf.argMax(logits, 1), labels),
      };
    });
    const [losses, right] = await Promise.all([found.losses.data(), found.right.data()]);
    tf.dispose(found);
    for (const [i, row] of text.entries()) {
      const score = scores[picked[row]!]!;
      score.loss += losses[i]!;
      score.tokens += 1;
      score.right += right[i]!;
    }
  }
  return scores;
}

/** Indices in groups of a similar length, none larger than `most` with its padding. */
export function byLength(lengths: readonly number[], most: { texts: number; tokens: number }): number[][] {
  const groups: number[][] = [];
  const order = lengths.map((_, row) => row).sort((a, b) => lengths[a]! - lengths[b]!);
  for (const row of order) {
    const last = groups.at(-1);
    const fits = last && last.length < most.texts && (last.length + 1) * lengths[row]! <= most.tokens;
    if (fits) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

/** Mean loss of a token, and the share of the tokens that were foreseen. */
export function meanScore(scores: readonly TokenScore[]): { loss: number; right: number } {
  const tokens = scores.reduce((sum, one) => sum + one.tokens, 0);
  const of = (key: 'loss' | 'right') => scores.reduce((sum, one) => sum + one[key], 0) / Math.max(1, tokens);
  return { loss: of('loss'), right: of('right') };
}
