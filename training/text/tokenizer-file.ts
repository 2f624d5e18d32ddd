import { SPECIAL_TOKENS } from './build-vocabulary.ts';

const special = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
const sequence = (id: 'A' | 'B', type_id: number) => ({ Sequence: { id, type_id } });

/**
 * A BERT tokenizer over a vocabulary, as the `tokenizer.json` that every Hugging Face library reads.
 *
 * @param vocabulary pieces in the order of their ids, beginning with the special ones
 */
export function bertTokenizerFile(vocabulary: readonly string[]): Record<string, unknown> {
  const ids = new Map(vocabulary.map((piece, id) => [piece, id]));
  const idOf = (piece: string) => ids.get(piece)!;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content) => ({
      id: idOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)],
      pair: [
        special('[CLS]', 0),
        sequence('A', 0),
        special('[SEP]', 0),
        sequence('B', 1),
        special('[SEP]', 1),
      ],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [idOf(id)], tokens: [id] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(ids),
    },
  };
}

/** What lies beside it: how long texts may be, and what the special tokens are for. */
export const bertTokenizerConfig = (longest: number): Record<string, unknown> => ({
  tokenizer_class: 'BertTokenizer',
  do_lower_case: true,
  model_max_length: longest,
  pad_token: '[PAD]',
  unk_token: '[UNK]',
  cls_token: '[CLS]',
  sep_token: '[SEP]',
  mask_token: '[MASK]',
  padding_side: 'right',
});
