import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../../../../infra/tensorflow/backend.ts';
import type { Tf } from '../../../../training/backend.ts';
import { drawToken, likeliest } from '../../../../training/generation/choose-token.ts';
import { generate } from '../../../../training/generation/generate.ts';
import type { DecoderConfig } from '../../../../training/models/config.ts';
import { nextTokenLogits } from '../../../../training/models/heads.ts';
import { loadNetwork } from '../../../../training/models/model-folder.ts';
import { textStates } from '../../../../training/models/network.ts';
import { takeRows } from '../../../../training/models/rows.ts';
import { plainWeights } from '../../../../training/models/weights.ts';
import { random } from '../../../../training/random.ts';
import { lastTokens, tokenBatch } from '../../../../training/text/token-batch.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { writeTinyBase } from '../../../support/tiny-bases.ts';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

async function decoder(kind: 'gpt2' | 'llama', changes: object = {}) {
  const folder = tempFolder();
  await writeTinyBase(folder, kind, changes);
  const { config, parts, parameters } = await loadNetwork(tf, folder, { kind: 'next-token' }, { seed: 3 });
  return {
    config: config as DecoderConfig,
    weights: plainWeights(tf, parts, parameters),
    dispose: () => tf.dispose([...parameters.values()]),
  };
}
const batchOf = (...texts: number[][]) =>
  tokenBatch(
    texts.map((ids) => ({ ids, types: ids.map(() => 0) })),
    0,
    'left',
  );

describe.each([
  ['gpt2', {}],
  ['llama', { tie_word_embeddings: true }],
  ['llama', { num_key_value_heads: 1 }],
] as const)('a %s with %j', (kind, changes) => {
  test('remembers: it writes what it would write reading everything again for each token', async () => {
    const { config, weights, dispose } = await decoder(kind, changes);
    const text = [3, 1, 4, 1, 5];
    const again = [...text];
    for (let i = 0; i < 6; i += 1) {
      const batch = batchOf(again);
      const next = tf.tidy(() => {
        const last = textStates(tf, config, weights, batch).at(-1)!;
        const row = takeRows(tf, last, lastTokens(batch));
        return likeliest(nextTokenLogits(config, weights, row).dataSync());
      });
      again.push(next);
    }
    const before = tf.memory().numTensors;
    const options = { maxNewTokens: 6, endId: null };
    expect(await generate(tf, config, weights, batchOf(text), options)).toEqual([again.slice(5)]);
    const together = await generate(tf, config, weights, batchOf([2, 7], text, [9]), options);
    expect(together[1]).toEqual(again.slice(5));
    expect(tf.memory().numTensors).toBe(before);
    dispose();
  });
});

test('a text ends at its end, the others go on; none gets longer than the base can read', async () => {
  const { config, weights, dispose } = await decoder('gpt2');
  const open = { maxNewTokens: 100, endId: null };
  const [first, second] = await generate(tf, config, weights, batchOf([3, 1, 4], [2]), open);
  // The base has 13 positions; the longer text has 3 tokens.
  expect(first!.length).toBe(13 - 3);
  const endId = first![2]!;
  const ended = await generate(tf, config, weights, batchOf([3, 1, 4], [2]), { ...open, endId });
  expect(ended[0]).toEqual(first!.slice(0, first!.indexOf(endId)));
  const cut = second!.indexOf(endId);
  expect(ended[1]).toEqual(cut === -1 ? second : second!.slice(0, cut));
  dispose();
});

test('chance is the same for the same seed; it can be stopped', async () => {
  const { config, weights, dispose } = await decoder('llama');
  const drawn = (seed: number) =>
    generate(tf, config, weights, batchOf([3, 1, 4]), {
      maxNewTokens: 8,
      endId: null,
      sampling: { temperature: 3, seed },
    });
  expect(await drawn(1)).toEqual(await drawn(1));
  expect(await drawn(1)).not.toEqual(await drawn(2));
  const options = { maxNewTokens: 8, endId: null, signal: AbortSignal.abort(new Error('stopped')) };
  await expect(generate(tf, config, weights, batchOf([3]), options)).rejects.toThrow('stopped');
  dispose();
});

describe('a token is drawn', () => {
  const scores = [1, 3, 2, -1];
  const often = (options: Parameters<typeof drawToken>[1]) => {
    const chance = random(5);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i += 1) counts[drawToken(scores, options, chance)]! += 1;
    return counts.map((count) => count / 4000);
  };

  test('as often as its score says, at any temperature', () => {
    for (const temperature of [0.5, 1, 2]) {
      const weights = scores.map((score) => Math.exp(score / temperature));
      const total = weights.reduce((a, b) => a + b);
      for (const [i, share] of often({ temperature }).entries())
        expect(Math.abs(share - weights[i]! / total)).toBeLessThan(0.03);
    }
  });

  test('only from the likeliest that reach the share, or from so many', () => {
    expect(often({ temperature: 1, topP: 0.5 })).toEqual([0, 1, 0, 0]);
    expect(often({ temperature: 1, topK: 2 }).map((share) => share > 0)).toEqual([false, true, true, false]);
  });
});
