import { expect } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { generate } from '../../../../training/generation/generate.ts';
import type { DecoderConfig } from '../../../../training/models/config.ts';
import { tokenBatch } from '../../../../training/text/token-batch.ts';
import { readTokenizer } from '../../../../training/text/tokenizer-folder.ts';
import { familyOf } from '../decoder-vectors.ts';
import type { DecoderExpected } from '../decoder-vectors.ts';
import { expectKnownKeys } from '../vector-model.ts';
import type { VectorKind, VectorModel } from '../vector-model.ts';
import { withNetwork } from '../with-network.ts';

/** Texts that are written on, always by the likeliest token: one by one, and all at once. */
export const writing: VectorKind = {
  covers: () => false,
  cases: (model) =>
    familyOf(model) === null
      ? []
      : [{ title: 'writes the same tokens, alone and in a batch', run: (tf) => writingAgrees(tf, model) }],
};

async function writingAgrees(tf: Tf, model: VectorModel): Promise<void> {
  const { greedy } = model.json('expected.json') as DecoderExpected;
  const known = ['max_new_tokens', 'eos', 'cases', 'left_padded_batch_gives_same_ids'];
  expectKnownKeys(greedy, known, 'greedy');
  for (const one of greedy.cases)
    expectKnownKeys(
      one,
      ['prompt', 'prompt_ids', 'new_ids', 'new_text', 'min_top1_top2_logit_margin', 'margins'],
      'greedy case',
    );
  const { tokenizer } = await readTokenizer(model.folder);
  const prompts = greedy.cases.map(({ prompt }) => tokenizer.encode(prompt));
  expect(prompts.map(({ ids }) => ids)).toEqual(greedy.cases.map(({ prompt_ids: ids }) => ids));
  const options = { maxNewTokens: greedy.max_new_tokens, endId: null };
  const expected = greedy.cases.map(({ new_ids: ids }) => ids);
  await withNetwork<DecoderConfig>(tf, model.folder, { kind: 'next-token' }, async ({ config, weights }) => {
    const batches = [...prompts.map((prompt) => [prompt]), prompts];
    const written: number[][][] = [];
    for (const batch of batches)
      written.push(await generate(tf, config, weights, tokenBatch(batch, tokenizer.padId, 'left'), options));
    expect(written.slice(0, -1).flat(), 'one by one').toEqual(expected);
    expect(written.at(-1), 'all at once').toEqual(expected);
  });
  expect(expected.map((ids) => tokenizer.decode(ids))).toEqual(
    greedy.cases.map(({ new_text: text }) => text),
  );
}
