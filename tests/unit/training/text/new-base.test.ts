import { expect, test } from 'vitest';
import { bertWords } from '../../../../training/text/bert-words.ts';
import { buildVocabulary, SPECIAL_TOKENS } from '../../../../training/text/build-vocabulary.ts';
import { bertTokenizerConfig, bertTokenizerFile } from '../../../../training/text/tokenizer-file.ts';
import { createTokenizer } from '../../../../training/text/tokenizer.ts';

const texts = [
  'I want my money back.',
  'Where is my money?',
  'My card was charged twice, why?',
  'Why are there charges on my card',
  'The cards I ordered: when do they come?',
  'Wo ist meine Überweisung über 20 €?',
  '你好 card',
];
const everything = buildVocabulary(texts, { size: 10_000, least: 1 });
const tokenizerOf = (vocabulary: readonly string[]) =>
  createTokenizer(bertTokenizerFile(vocabulary), bertTokenizerConfig(64));

test.each([...texts, 'Café-au-lait\u0000 costs $3.50_now\t(really)', 'a\u200Bb ÅNGSTRÖM 日本語です'])(
  'words are cut as the tokenizer cuts them: %s',
  (text) => {
    const words = bertWords(text);
    const tokenizer = tokenizerOf([...SPECIAL_TOKENS, ...new Set(words)]);
    expect(tokenizer.encode(text, { special: false }).tokens).toEqual(words);
  },
);

test('no text that it was made of has an unknown piece', () => {
  const tokenizer = tokenizerOf(everything);
  for (const text of texts) expect(tokenizer.encode(text).tokens).not.toContain('[UNK]');
});

test('a rare word is spelt out of pieces, and an ending that many words have is one of them', () => {
  const stems = ['send', 'pay', 'open', 'close', 'lock', 'link', 'visit', 'order', 'check', 'report'];
  const many = stems.flatMap((word) => [word, word, `${word}ing`, `${word}ing`]);
  const vocabulary = buildVocabulary([many.join(' '), 'sings'], { size: 500, least: 2 });
  expect(vocabulary).toContain('##ing');
  const { tokens } = tokenizerOf(vocabulary).encode('orders linking sings', { special: false });
  expect(tokens.slice(0, 3)).toEqual(['order', '##s', 'linking']);
  expect(tokens).not.toContain('[UNK]');
});

test('the same texts give the same ids; frequent words come first where there is no room for all', () => {
  expect(buildVocabulary([...texts], { size: 10_000, least: 1 })).toEqual(everything);
  const small = buildVocabulary(['b b b a a c', 'b a'], { size: SPECIAL_TOKENS.length + 8, least: 1 });
  expect(small.slice(SPECIAL_TOKENS.length)).toEqual(['a', '##a', 'b', '##b', 'c', '##c']);
  expect(everything.slice(0, 5)).toEqual([...SPECIAL_TOKENS]);
});
