import { expect } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { crossEntropy } from '../../../../training/losses/cross-entropy.ts';
import { itemLosses } from '../../../../training/losses/item-losses.ts';
import type { DecoderConfig } from '../../../../training/models/config.ts';
import { nextTokenLogits } from '../../../../training/models/heads.ts';
import { textStates } from '../../../../training/models/network.ts';
import { takeRows } from '../../../../training/models/rows.ts';
import { nextTokens } from '../../../../training/text/next-tokens.ts';
import { familyOf } from '../decoder-vectors.ts';
import type { DecoderExpected } from '../decoder-vectors.ts';
import { tokenRows } from '../token-rows.ts';
import { expectKnownKeys, expectNumbers } from '../vector-model.ts';
import type { VectorKind, VectorModel } from '../vector-model.ts';
import { tidyNetwork } from '../with-network.ts';

/** The loss of each token that is to be learnt, and their mean. */
export const decoderLoss: VectorKind = {
  covers: () => false,
  cases: (model) =>
    familyOf(model) === null
      ? []
      : [{ title: 'loss of the next token, each and in the mean', run: (tf) => lossAgrees(tf, model) }],
};

async function lossAgrees(tf: Tf, model: VectorModel): Promise<void> {
  const expected = model.json('expected.json') as DecoderExpected;
  const theirs = expected.lm_loss;
  const known = ['labels', 'per_token_loss_shifted', 'per_token_note', 'mean_loss', 'n_tokens'];
  expectKnownKeys(theirs, known, 'lm_loss');
  const tokens = tokenRows(expected.input_ids, expected.attention_mask);
  const next = nextTokens({ ...tokens, labels: Int32Array.from(theirs.labels.flat()) });
  expect(next.tokens).toHaveLength(theirs.n_tokens);
  await tidyNetwork<DecoderConfig>(tf, model.folder, { kind: 'next-token' }, ({ config, weights }) => {
    const last = textStates(tf, config, weights, tokens).at(-1)!;
    const rows = takeRows(tf, last, next.positions);
    const logits = nextTokenLogits(config, weights, rows);
    const labels = tf.tensor1d(next.tokens, 'int32');
    const each = itemLosses(tf, logits, labels).losses.dataSync();
    // Theirs have one position less in each row: nothing follows the last token.
    const shorter = tokens.length - 1;
    const ofTheirs = Array.from(next.positions, (at) => {
      const [row, column] = [Math.floor(at / tokens.length), at % tokens.length];
      return theirs.per_token_loss_shifted.flat()[row * shorter + column]!;
    });
    expectNumbers(each, ofTheirs, { rel: 1e-5, abs: 1e-6 }, 'loss of each token');
    const mean = crossEntropy(tf, logits, labels).dataSync();
    expectNumbers(mean, [theirs.mean_loss], { rel: 1e-5 }, 'mean');
  });
}
