/**
 * What a version has learnt from, beside it in its folder: hashes of its rows, so that whoever imports it can see whether
 * golden rows are among them, without the rows.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { LEARNT_DIGITS, learntUnknown, type Learnt } from '../domain/golden.ts';
import type { Feature, InputRow } from '../domain/input.ts';
import { contentHash } from './data/content-hash.ts';
import { findLeakage } from './leakage.ts';

export const LEARNT_FILE = 'learnt.json';

const learntSchema = z.strictObject({
  rows: z.array(
    z
      .string()
      .regex(/^[0-9a-f]+$/)
      .length(LEARNT_DIGITS),
  ),
  isWhole: z.boolean(),
  byChance: z.number().min(0).max(1).exactOptional(),
});

/** What is learnt of these rows by whoever had learnt that before; each content once. */
export function learnMore(
  before: Learnt,
  input: Readonly<Record<string, Feature>>,
  rows: readonly InputRow[],
): Learnt {
  if (rows.length === 0) return before;
  const digits = rows.map((row) => learntDigits(input, row));
  const { byChance } = findLeakage(digits, []);
  return { ...before, rows: [...new Set([...before.rows, ...digits])], byChance };
}

/** What a row says, as a list of what was learnt names it. */
export const learntDigits = (input: Readonly<Record<string, Feature>>, row: InputRow): string =>
  contentHash(input, row).slice(0, LEARNT_DIGITS);

export const writeLearnt = (folder: string, learnt: Learnt): Promise<void> =>
  writeFile(path.join(folder, LEARNT_FILE), `${JSON.stringify(learnt)}\n`);

/** Nothing is known where there is no such file, or none that can be read: then nothing is claimed. */
export async function readLearnt(folder: string): Promise<Learnt> {
  try {
    return learntSchema.parse(JSON.parse(await readFile(path.join(folder, LEARNT_FILE), 'utf8')));
  } catch {
    return learntUnknown;
  }
}
