import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { ModelConfig, TextConfig } from '../models/config.ts';
import type { Chance } from '../models/dropout.ts';
import { classLogits } from '../models/heads.ts';
import { textStates } from '../models/network.ts';
import { unsupportedBase } from '../models/unfit-base.ts';
import type { Weights } from '../models/weights.ts';
import { tokenBatch } from '../text/token-batch.ts';
import type { Tokenizer } from '../text/tokenizer.ts';

/** A text as its tokens. */
export type TokenisedText = Readonly<{ ids: readonly number[]; types: readonly number[] }>;

/** @param longest tokens of a text that are read; the rest is cut off */
export const tokenise = (tokenizer: Tokenizer, texts: readonly string[], longest: number): TokenisedText[] =>
  texts.map((text) => {
    const { ids, types } = tokenizer.encode(text, { maxLength: longest });
    return { ids, types };
  });

/** A network that tells texts apart. */
export type TextNetwork = { config: TextConfig; padId: number };

/** Throws `DL_BASE_UNSUPPORTED` where the base reads no texts. */
export function textNetworkOf(config: ModelConfig, padId: number): TextNetwork {
  if (config.kind === 'vit')
    throw unsupportedBase('a network for images', 'Take an encoder or a decoder for texts');
  return { config, padId };
}

/** Logits [texts, labels]; belong to the open `tidy`. `chance`: of a step of training. */
export function textLogits(
  tf: Tf,
  { config, padId }: TextNetwork,
  weights: Weights,
  texts: readonly TokenisedText[],
  chance?: Chance,
): Tensor2D {
  const tokens = tokenBatch(texts, padId, 'right');
  const states = textStates(tf, config, weights, tokens, chance);
  return classLogits(tf, config, weights, states.at(-1)!, tokens, chance);
}

/** Texts that are in memory at once while a network only answers. */
const AT_ONCE = 64;

/**
 * Logits of any number of texts, row-major, in their order. Texts of a similar length are computed together, so that
 * little of it is padding.
 *
 * @param labels how many there are
 */
export async function allTextLogits(
  tf: Tf,
  network: TextNetwork,
  weights: Weights,
  { texts, labels }: { texts: readonly TokenisedText[]; labels: number },
): Promise<Float32Array<ArrayBuffer>> {
  const order = Int32Array.from({ length: texts.length }, (_, i) => i).sort(
    (a, b) => texts[a]!.ids.length - texts[b]!.ids.length,
  );
  const all = new Float32Array(texts.length * labels);
  for (let from = 0; from < order.length; from += AT_ONCE) {
    const picked = order.subarray(from, from + AT_ONCE);
    const logits = tf.tidy(() =>
      textLogits(
        tf,
        network,
        weights,
        Array.from(picked, (row) => texts[row]!),
      ),
    );
    const values = await logits.data<'float32'>();
    logits.dispose();
    for (const [i, row] of picked.entries())
      all.set(values.subarray(i * labels, (i + 1) * labels), row * labels);
  }
  return all;
}
