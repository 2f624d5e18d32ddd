import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/config.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The digest of a JSON value, whatever the order of its keys. */
export const digestOf = (value: unknown): string => sha256(canonicalJson(value));
