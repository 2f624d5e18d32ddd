import { z } from 'zod';
import { invalidBase } from '../models/unfit-base.ts';
import { mendBytes } from './byte-tokens.ts';
import { openLibrary } from './library.ts';
import type { Library } from './library.ts';
import { partOfType, readTokenizerJson } from './tokenizer-json.ts';
import type { TokenizerJson } from './tokenizer-json.ts';
import type { Span } from './surface.ts';
import { templateOf } from './text-template.ts';
import type { Slot } from './text-template.ts';
import { tokenOffsets } from './token-offsets.ts';
import { truncatedLengths } from './truncation.ts';

/** A text as numbers. */
export type Encoding = {
  ids: number[];
  tokens: string[];
  /** Which of two texts each token belongs to. */
  types: number[];
  /** Whether a token was put around the text, and stands for nothing in it. */
  special: boolean[];
};

export type EncodeOptions = {
  /** A second text, that belongs to the first. */
  pair?: string;
  /** Whether tokens are put around the text, as the base expects them; yes where nothing is said. */
  special?: boolean;
  /** At most so many tokens, those around included; of two texts the longer one is cut first. */
  maxLength?: number;
};

export type Tokenizer = {
  encode(text: string, options?: EncodeOptions): Encoding;
  /** Where in the text each of its tokens lies, in code points; [0, 0] for those around it. Slow on long texts. */
  offsets(text: string, options?: Pick<EncodeOptions, 'special'>): Span[];
  /** @param special whether tokens that stand for nothing in a text are written too; no where nothing is said */
  decode(ids: readonly number[], options?: { special?: boolean }): string;
  /** What rows of a batch are filled up with. */
  padId: number;
  /** What a text ends with; null where the base says nothing. */
  endId: number | null;
  /** On which side the base wants rows filled up. */
  paddingSide: 'left' | 'right';
};

const named = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .nullish()
  .transform((token) => (typeof token === 'object' && token !== null ? token.content : (token ?? null)));
const configSchema = z.looseObject({
  pad_token: named,
  eos_token: named,
  padding_side: z.enum(['left', 'right']).nullish(),
  clean_up_tokenization_spaces: z.boolean().nullish(),
});

/**
 * The tokenizer of a base, out of its `tokenizer.json` and `tokenizer_config.json`; {} where it has not got the second.
 *
 * @throws {DriftloopError} `DL_BASE_INVALID`
 */
export function createTokenizer(tokenizerJson: unknown, configJson: unknown): Tokenizer {
  const json = readTokenizerJson(tokenizerJson);
  const parsed = configSchema.safeParse(configJson);
  if (!parsed.success) throw invalidBase('tokenizer_config.json has fields of the wrong kind');
  const config = parsed.data;
  const library = open(json, config);
  const idOf = (token: string | null): number | null =>
    token === null ? null : (library.token_to_id(token) ?? null);
  const endId = idOf(config.eos_token);

  const specialIds = new Set(json.added_tokens.filter(({ special }) => special).map(({ id }) => id));
  const plain = (text: string) => library.encode(text, { add_special_tokens: false });

  return {
    padId: idOf(config.pad_token) ?? endId ?? 0,
    endId,
    paddingSide: config.padding_side ?? 'right',
    encode(text, { pair, special = true, maxLength } = {}) {
      const texts = [plain(text), ...(pair === undefined ? [] : [plain(pair)])];
      const slots = templateOf(library, texts.length === 2, special);
      const around = slots.filter(({ text: of }) => of === null).length;
      const lengths = truncatedLengths(
        texts.map(({ ids }) => ids.length),
        maxLength === undefined ? Number.POSITIVE_INFINITY : maxLength - around,
      );
      return joined(slots, (of) => ({
        ids: texts[of]!.ids.slice(0, lengths[of]),
        tokens: texts[of]!.tokens.slice(0, lengths[of]),
      }));
    },
    offsets(text, { special = true } = {}) {
      const spans = tokenOffsets(library, json, text, plain(text).tokens);
      const none: Span = [0, 0];
      return templateOf(library, false, special).flatMap((slot) => (slot.text === null ? [none] : spans));
    },
    decode(ids, { special = false } = {}) {
      if (ids.length === 0) return '';
      if (library.decoder && partOfType(json.decoder, 'ByteFallback')) {
        const wanted = special ? ids : ids.filter((id) => !specialIds.has(id));
        return library.decoder.decode(mendBytes(wanted.map((id) => library.id_to_token(id) ?? '')));
      }
      return library.decode([...ids], {
        skip_special_tokens: !special,
        clean_up_tokenization_spaces: config.clean_up_tokenization_spaces ?? false,
      });
    },
  };
}

function open(json: TokenizerJson, config: object): Library {
  try {
    return openLibrary(json, config);
  } catch (error) {
    throw invalidBase(`tokenizer.json: ${(error as Error).message}`, error);
  }
}

function joined(slots: readonly Slot[], of: (text: number) => { ids: number[]; tokens: string[] }): Encoding {
  const all: Encoding = { ids: [], tokens: [], types: [], special: [] };
  for (const slot of slots) {
    const { ids, tokens } = slot.text === null ? { ids: [slot.id], tokens: [slot.token] } : of(slot.text);
    for (const [i, id] of ids.entries()) {
      all.ids.push(id);
      all.tokens.push(tokens[i]!);
      all.types.push(slot.type);
      all.special.push(slot.text === null);
    }
  }
  return all;
}
