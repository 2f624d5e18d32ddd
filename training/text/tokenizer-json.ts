import { z } from 'zod';
import { invalidBase } from '../models/unfit-base.ts';

const part: z.ZodType<Part> = z.looseObject({ type: z.string() });
/** A normaliser, a splitter, a model: what it is says `type`, and some are sequences of others. */
export type Part = { type: string; [field: string]: unknown };

const schema = z.looseObject({
  added_tokens: z.array(
    z.looseObject({
      id: z.int(),
      content: z.string(),
      lstrip: z.boolean().default(false),
      rstrip: z.boolean().default(false),
      normalized: z.boolean().default(false),
      special: z.boolean().default(false),
    }),
  ),
  normalizer: part.nullable(),
  pre_tokenizer: part.nullable(),
  post_processor: part.nullable(),
  decoder: part.nullable(),
  model: z.looseObject({
    type: z.string().optional(),
    continuing_subword_prefix: z.string().nullish(),
    byte_fallback: z.boolean().nullish(),
  }),
});

/** A `tokenizer.json`, as far as more than the library has to know it. */
export type TokenizerJson = z.output<typeof schema>;

/** @throws {DriftloopError} `DL_BASE_INVALID` */
export function readTokenizerJson(json: unknown): TokenizerJson {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidBase(`tokenizer.json: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** The first part of that type, however deep it lies in sequences. */
export function partOfType(part: Part | null, type: string): Part | null {
  if (part === null || part.type === type) return part;
  const inner = Object.values(part).flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
  for (const one of inner)
    if (typeof one === 'object' && one !== null && 'type' in one) {
      const found = partOfType(one as Part, type);
      if (found) return found;
    }
  return null;
}
