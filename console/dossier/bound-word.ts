import { createHash } from 'node:crypto';
import { boundParts } from '../../domain/approval.ts';
import type { BoundPart, BoundTo } from '../../domain/approval.ts';

/** Six hex digits for each part that a decision holds for, so that what has changed since can be named. */
const DIGITS = 6;
const pattern = new RegExp(`^[0-9a-f]{${DIGITS}}(-[0-9a-f]{${DIGITS}}){${boundParts.length - 1}}$`);

/** What a decision would hold for, short enough to be typed: `1f3a07-b2c901-77de10-0a4c3f`. */
export const boundWordOf = (bound: BoundTo): string =>
  boundParts.map((part) => digitsOf(part, bound)).join('-');

/** The same in full, a line for each part. */
export const sayBound = (bound: BoundTo): string[] =>
  boundParts.map((part) => `  ${part.padEnd(9)} ${bound[part] ?? 'none'}`);

const digitsOf = (part: BoundPart, bound: BoundTo): string =>
  createHash('sha256').update(`${part} ${bound[part]}`).digest('hex').slice(0, DIGITS);

/** What has changed since somebody read this word; null where it is none. */
export function changedSince(word: string, now: BoundTo): BoundPart[] | null {
  const read = word.trim().toLowerCase();
  if (!pattern.test(read)) return null;
  const digits = read.split('-');
  return boundParts.filter((part, i) => digits[i] !== digitsOf(part, now));
}
