import { createHash, type Hash } from 'node:crypto';
import type { z } from 'zod';
import { digestOf, type HashedFile } from '../artifacts/digest.ts';
import { readMigrations } from '../postgres/migrations.ts';
import { readArchive } from './archive.ts';
import { head as headSchema, tail as tailSchema, type Head, type Tail } from './manifest.ts';
import { otherSchema, unreadable } from './problems.ts';

export type CheckedBackup = Readonly<{ head: Head; tail: Tail }>;

/**
 * Reads a backup from end to end and checks every byte of it against what it says of itself. Changes nothing.
 *
 * @throws DL_BACKUP_UNREADABLE where it is corrupt or cut off, DL_BACKUP_SCHEMA where it is of another schema
 */
export async function checkBackup(file: string): Promise<CheckedBackup> {
  let head: Head | null = null;
  let tail: Tail | null = null;
  const tables = new Map<string, Hash>();
  const artifacts = new Map<string, HashedFile[]>();
  await readArchive(file, async (entry) => {
    if (entry.kind === 'head') {
      head = await readJson(file, headSchema, entry.content);
    } else if (head === null) {
      throw unreadable(file, 'it does not begin with what it is');
    } else if (entry.kind === 'tail') {
      tail = await readJson(file, tailSchema, entry.content);
    } else if (entry.kind === 'table') {
      const hash = tables.get(entry.table) ?? createHash('sha256');
      tables.set(entry.table, hash);
      for await (const piece of entry.content) hash.update(piece);
    } else {
      const hash = createHash('sha256');
      for await (const piece of entry.content) hash.update(piece);
      const files = artifacts.get(entry.digest) ?? [];
      artifacts.set(entry.digest, [...files, { path: entry.path, sha256: hash.digest('hex') }]);
    }
  });
  if (head === null || tail === null) throw unreadable(file, 'its end is missing');
  compare(file, tail, tables, artifacts);
  // Only what is whole is believed: a flipped bit can also name another schema.
  refuseOtherSchema(head);
  return { head, tail };
}

function compare(
  file: string,
  tail: Tail,
  tables: ReadonlyMap<string, Hash>,
  artifacts: ReadonlyMap<string, HashedFile[]>,
): void {
  const nothing = createHash('sha256').digest('hex');
  for (const [table, { sha256 }] of Object.entries(tail.tables)) {
    const actual = tables.get(table)?.digest('hex') ?? nothing;
    if (actual !== sha256) throw unreadable(file, `table "${table}" is not what was written`);
  }
  for (const digest of Object.keys(tail.artifacts)) {
    const actual = digestOf(artifacts.get(digest) ?? []);
    if (actual !== digest) throw unreadable(file, `artifact ${digest.slice(0, 12)}… is not what was written`);
  }
}

function refuseOtherSchema(head: Head): void {
  const known = readMigrations();
  const same =
    known.length === head.schema.length &&
    known.every(({ tag, hash }, i) => tag === head.schema[i]!.tag && hash === head.schema[i]!.hash);
  if (!same) throw otherSchema(head, known);
}

/** The head and the tail are small; a large one is not ours. */
const JSON_AT_MOST = 64 * 2 ** 20;

async function readJson<S extends z.ZodType>(
  file: string,
  schema: S,
  content: AsyncIterable<Buffer>,
): Promise<z.output<S>> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of content) {
    size += piece.length;
    if (size > JSON_AT_MOST) throw unreadable(file, 'what it says of itself is too long');
    pieces.push(piece);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch (error) {
    throw unreadable(file, 'what it says of itself is not JSON', error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unreadable(file, `what it says of itself is not understood (${parsed.error.issues[0]?.message})`);
}
