import { lstat, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { canonicalJson } from '../domain/config.ts';
import { DriftloopError } from '../domain/errors.ts';

/** What a version is, in the folder of its artifact. */
export const SIGNATURE_FILE = 'driftloop.json';

/** Larger ones are refused before they are read: an artifact may come from anywhere. */
const MAX_SIGNATURE_BYTES = 16 * 2 ** 20;

/** The same signature gives the same bytes. */
export async function writeSignature(folder: string, signature: object): Promise<void> {
  const ordered: unknown = JSON.parse(canonicalJson(signature));
  await writeFile(path.join(folder, SIGNATURE_FILE), `${JSON.stringify(ordered, null, 2)}\n`);
}

/** What stands there, of whatever kind. Throws `DL_ARTIFACT_CORRUPT`. */
export async function readSignatureJson(folder: string): Promise<unknown> {
  const bytes = await readWhole(folder, SIGNATURE_FILE, MAX_SIGNATURE_BYTES);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw corrupt(folder, SIGNATURE_FILE, 'it is not JSON');
  }
}

/** The signature of one kind. Throws `DL_ARTIFACT_CORRUPT`. */
export async function readSignatureFile<Schema extends z.ZodType>(
  folder: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(await readSignatureJson(folder));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw corrupt(folder, SIGNATURE_FILE, `${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
}

/** One of the two files by its fixed name; only a plain file, so that a link cannot lead elsewhere. */
export async function readWhole(folder: string, name: string, maxBytes: number): Promise<Uint8Array> {
  const file = path.join(folder, name);
  const stats = await lstat(file).catch(() => null);
  if (!stats?.isFile()) throw corrupt(folder, name, 'it is not there');
  if (stats.size > maxBytes) throw corrupt(folder, name, `it has ${stats.size} bytes; at most ${maxBytes}`);
  return await readFile(file);
}

export const corrupt = (folder: string, file: string, why: string) =>
  new DriftloopError('DL_ARTIFACT_CORRUPT', `The artifact in ${folder} cannot be used: ${file}: ${why}.`, {
    fix: 'Take the artifact from the store again, or train the version again; do not edit its files.',
    status: 500,
  });
