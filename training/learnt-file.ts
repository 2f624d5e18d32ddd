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

export const LEARNT_FILE = 'learnt.json';

const learntSchema = z.strictObject({
  rows: z.array(
    z
      .string()
      .regex(/^[0-9a-f]+$/)
      .length(LEARNT_DIGITS),
  ),
  isWhole: z.boolean(),
});

/** What is learnt of these rows by whoever had learnt that before; each content once. */
export function learnMore(
  before: Learnt,
  input: Readonly<Record<string, Feature>>,
  rows: readonly InputRow[],
): Learnt {
  const all = new Set(before.rows);
  for (const row of rows) all.add(contentHash(input, row).slice(0, LEARNT_DIGITS));
  return { ...before, rows: [...all] };
}

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
