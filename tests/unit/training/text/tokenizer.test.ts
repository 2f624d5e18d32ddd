import { describe, expect, test } from 'vitest';
import { tokenBatch } from '../../../../training/text/token-batch.ts';
import { createTokenizer } from '../../../../training/text/tokenizer.ts';
import { truncatedLengths } from '../../../../training/text/truncation.ts';
import { caught } from '../../../support/caught.ts';

const special = (id: number, content: string, more: object = {}) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
  ...more,
});
const vocabulary = (...tokens: string[]) => Object.fromEntries(tokens.map((token, id) => [token, id]));

/** As BERT's: words and their parts, in lower case, between [CLS] and [SEP]. */
const words = {
  added_tokens: [special(0, '[PAD]'), special(1, '[UNK]'), special(2, '[CLS]'), special(3, '[SEP]')],
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: vocabulary('[PAD]', '[UNK]', '[CLS]', '[SEP]', 'straße', 'cafe', 'pump', '##s', '!', '日'),
  },
};
const wordTokenizer = createTokenizer(words, { pad_token: '[PAD]' });

/** As T5's or Llama's: pieces with ▁ for a space. */
const pieces = {
  added_tokens: [special(0, '<unk>'), special(1, '</s>'), special(2, '<sep>', { lstrip: true })],
  normalizer: null,
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
  post_processor: null,
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
  model: {
    type: 'BPE',
    unk_token: '<unk>',
    fuse_unk: true,
    byte_fallback: false,
    vocab: vocabulary('<unk>', '</s>', '<sep>', '▁', 'a', 'b', '▁a', 'ab', '▁ab'),
    merges: ['▁ a', 'a b', '▁a b'],
  },
};
const pieceTokenizer = createTokenizer(pieces, { eos_token: { content: '</s>' } });

/** What each token covers, out of its offsets. */
const covered = (tokenizer: typeof wordTokenizer, text: string) => {
  const points = Array.from(text);
  return tokenizer.offsets(text, { special: false }).map(([from, to]) => points.slice(from, to).join(''));
};

describe('offsets', () => {
  test('lie in the text as it was, whatever became of accents, capitals and spaces', () => {
    const text = '  Café PUMPS, 日🙂 Straße!';
    expect(covered(wordTokenizer, text)).toEqual(['Café', 'PUMP', 'S', ',', '日', '🙂', 'Straße', '!']);
  });

  test('know a special token in the text, and one that takes the spaces before it', () => {
    expect(covered(wordTokenizer, 'pump[SEP]pump')).toEqual(['pump', '[SEP]', 'pump']);
    const { tokens } = pieceTokenizer.encode('ab <sep>ab');
    expect(tokens).toEqual(['▁ab', '<sep>', 'ab']);
    expect(covered(pieceTokenizer, 'ab<sep>ab')).toEqual(['ab', '<sep>', 'ab']);
  });

  test('of unknown stretches end where the next known token begins', () => {
    expect(pieceTokenizer.encode('abxyab a').tokens).toEqual(['▁ab', '<unk>', 'ab', '▁a']);
    expect(covered(pieceTokenizer, 'abxyab a')).toEqual(['ab', 'xy', 'ab', ' a']);
  });

  test('of tokens around the text are empty', () => {
    expect(wordTokenizer.offsets('pump')).toEqual([[0, 0], [0, 4], [0, 0]]); // oxfmt-ignore
  });
});

test('two texts are told apart, and what is around them is known as such', () => {
  const { tokens, types, special } = wordTokenizer.encode('pump', { pair: 'cafe!' });
  expect(tokens).toEqual(['[CLS]', 'pump', '[SEP]', 'cafe', '!', '[SEP]']);
  expect(types).toEqual([0, 0, 0, 1, 1, 1]);
  expect(special).toEqual([true, false, true, false, false, true]);
});

test('a text that is cut keeps what is around it', () => {
  const { tokens } = wordTokenizer.encode('pump pump pump', { maxLength: 4 });
  expect(tokens).toEqual(['[CLS]', 'pump', 'pump', '[SEP]']);
});

test.each([
  [[5], 3, [3]],
  [[2, 9], 8, [2, 6]],
  [[9, 2], 8, [6, 2]],
  [[9, 9], 7, [3, 4]],
  [[9, 9], 0, [0, 0]],
  [[3, 4], 9, [3, 4]],
])('of %j tokens, at most %i are %j', (lengths, most, kept) => {
  expect(truncatedLengths(lengths, most)).toEqual(kept);
});

test('a batch is filled up where it is asked to, with a mask that says where', () => {
  const texts = ['pump', 'pump cafe'].map((text) => wordTokenizer.encode(text));
  const left = tokenBatch(texts, wordTokenizer.padId, 'left');
  expect([...left.ids]).toEqual([0, 2, 6, 3, 2, 6, 5, 3]);
  expect([...left.mask]).toEqual([0, 1, 1, 1, 1, 1, 1, 1]);
  expect([...tokenBatch(texts, 9, 'right').ids]).toEqual([2, 6, 3, 9, 2, 6, 5, 3]);
});

test('rows are filled up with the end where the base has nothing for it', () => {
  expect(pieceTokenizer).toMatchObject({ padId: 1, endId: 1, paddingSide: 'right' });
});

test('a file that is no tokenizer is refused', () => {
  for (const json of [{}, { ...words, model: { type: 'Unheard' } }, 7])
    expect(caught(() => createTokenizer(json, {}))).toMatchObject({ code: 'DL_BASE_INVALID' });
  expect(caught(() => createTokenizer(words, { padding_side: 'top' }))).toMatchObject({
    code: 'DL_BASE_INVALID',
  });
});
