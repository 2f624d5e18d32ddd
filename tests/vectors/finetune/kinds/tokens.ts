import { expect } from 'vitest';
import { tokenBatch } from '../../../../training/text/token-batch.ts';
import { createTokenizer } from '../../../../training/text/tokenizer.ts';
import { expectKnownKeys } from '../vector-model.ts';
import type { VectorKind, VectorModel } from '../vector-model.ts';

type Single = {
  text: string;
  ids: number[];
  tokens: string[];
  type_ids: number[];
  special_tokens_mask: number[];
  offsets: [number, number][];
  ids_no_special: number[];
  decoded_skip_special: string;
  decoded_raw: string;
};
type Pair = { text: string; text_pair: string; ids: number[]; type_ids: number[] };
type Truncated = {
  max_length: number;
  strategy: string;
  text: string;
  ids: number[];
  text_pair?: string;
  pair_ids?: number[];
  pair_type_ids?: number[];
};
type Padded = { side: 'left' | 'right'; texts: string[]; ids: number[][]; attention_mask: number[][] };
type Expected = { single: Single[]; pair: Pair[]; truncated: Truncated[]; padded: Padded[] };

const FILE = 'tokenizer_cases.json';
const FILES = [
  FILE,
  'tokenizer.json',
  'tokenizer_config.json',
  // What older tokenizers are made of; everything in them is in tokenizer.json too.
  'special_tokens_map.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
];

/** Texts to tokens and back, as Hugging Face's `tokenizers` does it. */
export const tokens: VectorKind = {
  covers: (file) => FILES.includes(file),
  cases: (model) =>
    model.files.includes(FILE)
      ? [
          { title: 'texts: tokens, offsets, and back', run: () => singlesAgree(model) },
          { title: 'texts: pairs', run: () => pairsAgree(model) },
          { title: 'texts: cut to a length', run: () => truncatedAgree(model) },
          { title: 'texts: filled up to a length', run: () => paddedAgree(model) },
        ]
      : [],
};

function read(model: VectorModel): Expected {
  const expected = model.json(FILE) as Expected;
  expectKnownKeys(expected, ['note', 'single', 'pair', 'truncated', 'padded'], FILE);
  return expected;
}
const tokenizerOf = (model: VectorModel) =>
  createTokenizer(model.json('tokenizer.json'), model.json('tokenizer_config.json'));

const SINGLE_KEYS = [
  'text',
  'ids',
  'tokens',
  'type_ids',
  'special_tokens_mask',
  'offsets',
  'ids_no_special',
  'decoded_skip_special',
  'decoded_raw',
];

function singlesAgree(model: VectorModel): void {
  const tokenizer = tokenizerOf(model);
  for (const one of read(model).single) {
    expectKnownKeys(one, SINGLE_KEYS, one.text);
    const { ids, tokens, types, special } = tokenizer.encode(one.text);
    expect({
      text: one.text,
      ids,
      tokens,
      type_ids: types,
      special_tokens_mask: special.map(Number),
      offsets: tokenizer.offsets(one.text),
      ids_no_special: tokenizer.encode(one.text, { special: false }).ids,
      decoded_skip_special: tokenizer.decode(one.ids),
      decoded_raw: tokenizer.decode(one.ids, { special: true }),
    }).toEqual(one);
  }
}

function pairsAgree(model: VectorModel): void {
  const tokenizer = tokenizerOf(model);
  for (const one of read(model).pair) {
    expectKnownKeys(one, ['text', 'text_pair', 'ids', 'type_ids'], one.text);
    const { ids, types } = tokenizer.encode(one.text, { pair: one.text_pair });
    expect({ ids, types }).toEqual({ ids: one.ids, types: one.type_ids });
  }
}

function truncatedAgree(model: VectorModel): void {
  const tokenizer = tokenizerOf(model);
  const known = ['max_length', 'strategy', 'text', 'ids', 'text_pair', 'pair_ids', 'pair_type_ids'];
  for (const one of read(model).truncated) {
    expectKnownKeys(one, known, one.text);
    expect(one.strategy).toBe('longest_first');
    const maxLength = one.max_length;
    expect(tokenizer.encode(one.text, { maxLength }).ids).toEqual(one.ids);
    if (one.text_pair === undefined) continue;
    const pair = tokenizer.encode(one.text, { pair: one.text_pair, maxLength });
    expect({ ids: pair.ids, types: pair.types }).toEqual({ ids: one.pair_ids, types: one.pair_type_ids });
  }
}

function paddedAgree(model: VectorModel): void {
  const tokenizer = tokenizerOf(model);
  for (const one of read(model).padded) {
    expectKnownKeys(one, ['side', 'texts', 'ids', 'attention_mask'], one.side);
    const texts = one.texts.map((text) => tokenizer.encode(text));
    const { batch, length, ids, mask } = tokenBatch(texts, tokenizer.padId, one.side);
    expect([batch, length]).toEqual([one.ids.length, one.ids[0]!.length]);
    expect([...ids]).toEqual(one.ids.flat());
    expect([...mask]).toEqual(one.attention_mask.flat());
  }
}
