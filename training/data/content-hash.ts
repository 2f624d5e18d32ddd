import { createHash } from 'node:crypto';
import type { Feature, InputRow } from '../../domain/input.ts';
import { contentKey } from './content-key.ts';

/** The same for rows that say the same to a model: of what it does not declare nothing counts, a missing value is null. */
export function contentHash(features: Readonly<Record<string, Feature>>, row: InputRow): string {
  const declared = Object.fromEntries(Object.keys(features).map((name) => [name, row[name] ?? null]));
  return createHash('sha256').update(contentKey(declared)).digest('hex');
}
