import type { ErrorCode } from '../../domain/error-codes.ts';
import type { RawRecord } from '../../domain/ingest-ports.ts';
import { DEEPEST, isNestedTooDeep, mayBeNestedTooDeep } from '../../domain/nesting.ts';

export type Refusal = { code: ErrorCode; reason: string };
export type Read<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export const refuse = (code: Refusal['code'], reason: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { code, reason },
});

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** How a character that a database cannot hold would be written in JSON: NUL, half a surrogate pair. */
const suspicious = /\\u(?:0000|d[89a-f])/i;
const unstorable = /[\0\p{Cs}]/u;

/** The JSON in a record, if it is any that can be kept. */
export function readJson({ value }: Pick<RawRecord, 'value'>): Read<unknown> {
  if (value === null || value.length === 0) return refuse('DL_MESSAGE_EMPTY', 'The message has no value.');
  let text: string;
  let parsed: unknown;
  try {
    text = utf8.decode(value);
    parsed = JSON.parse(text);
  } catch (error) {
    return refuse('DL_MESSAGE_NOT_JSON', `The message is not JSON in UTF-8: ${(error as Error).message}`);
  }
  // What cannot be written again would stop its partition for ever.
  if (mayBeNestedTooDeep(text) && isNestedTooDeep(parsed)) {
    return refuse('DL_MESSAGE_INVALID', `The message is nested more than ${DEEPEST} deep.`);
  }
  if (suspicious.test(text) && holdsUnstorable(parsed)) {
    return refuse('DL_MESSAGE_INVALID', 'A text in the message holds NUL or half a surrogate pair.');
  }
  return { ok: true, value: parsed };
}

function holdsUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return unstorable.test(value);
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(([key, v]) => unstorable.test(key) || holdsUnstorable(v));
}
