import * as tokenizers from '@huggingface/tokenizers';

/** The part of `@huggingface/tokenizers` that is used; the types it comes with do not resolve in Node's way. */
export type Library = {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[]; tokens: string[] };
  decode(
    ids: number[],
    options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean },
  ): string;
  token_to_id(token: string): number | undefined;
  normalizer: { normalize(text: string): string } | null;
  pre_tokenizer: { pre_tokenize(text: string, options: { section_index: number }): string[] } | null;
  decoder: { decode(tokens: string[]): string } | null;
  id_to_token(id: number): string | undefined;
  /** Also joins unknown tokens that follow each other, where the model says so. */
  model: (words: string[]) => string[];
  post_processor: {
    post_process(
      tokens: string[],
      pair: string[] | null,
      special: boolean,
    ): { tokens: string[]; token_type_ids?: number[] };
  } | null;
};

const { Tokenizer } = tokenizers as unknown as { Tokenizer: new (json: object, config: object) => Library };

/** Throws on a tokenizer of a kind that it does not know. */
export const openLibrary = (json: object, config: object): Library => new Tokenizer(json, config);
