import type { Tf } from '../backend.ts';
import type { Reader } from '../classification/classifier.ts';
import { isImageConfig } from '../models/config.ts';
import type { ModelConfig } from '../models/config.ts';
import { classLogits } from '../models/heads.ts';
import { textStates } from '../models/network.ts';
import { unsupportedBase } from '../models/unfit-base.ts';
import { tokenBatch } from '../text/token-batch.ts';
import type { Tokenizer } from '../text/tokenizer.ts';

/** A text as its tokens. */
export type TokenisedText = Readonly<{
  ids: readonly number[];
  types: readonly number[];
  /** Whether a token was put around the text, and stands for nothing in it. */
  special: readonly boolean[];
}>;

/** @param longest tokens of a text that are read; the rest is cut off */
export const tokenise = (tokenizer: Tokenizer, texts: readonly string[], longest: number): TokenisedText[] =>
  texts.map((text) => {
    const { ids, types, special } = tokenizer.encode(text, { maxLength: longest });
    return { ids, types, special };
  });

/**
 * How a network reads texts, an encoder or a decoder.
 *
 * @throws {DriftloopError} `DL_BASE_UNSUPPORTED` where the base reads none
 */
export function textReader(tf: Tf, config: ModelConfig, padId: number): Reader<TokenisedText> {
  if (isImageConfig(config))
    throw unsupportedBase('a network for images', 'Take an encoder or a decoder for texts');
  return {
    lengthOf: ({ ids }) => ids.length,
    logits(weights, texts, chance) {
      const tokens = tokenBatch(texts, padId, 'right');
      const states = textStates(tf, config, weights, tokens, chance);
      return classLogits(tf, config, weights, states.at(-1)!, tokens, chance);
    },
  };
}
