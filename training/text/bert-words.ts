/**
 * The words of a text as BERT's normaliser and pre-tokenizer cut it: lower case, without accents or control characters,
 * each punctuation mark and each Chinese character by itself.
 *
 * Source: J. Devlin et al., `tokenization.py` (2018), "BasicTokenizer"; the defaults of tokenizers' `BertNormalizer`.
 */
export function bertWords(text: string): string[] {
  const plain = text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFD]/gu, (found) => (/[\t\n\r]/.test(found) ? ' ' : ''))
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '');
  return plain.match(WORD) ?? [];
}

/** What is no letter, digit or space in ASCII is punctuation too, such as $ and +. */
const MARK = String.raw`[\p{P}!-/:-@\[-\x60{-~]`;
const CHINESE = String.raw`[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]`;
const WORD = new RegExp(String.raw`${MARK}|${CHINESE}|(?:(?!${MARK}|${CHINESE})\S)+`, 'gu');
