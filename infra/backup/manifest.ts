import { z } from 'zod';

/**
 * What a backup says of itself. A tar archive, compressed with gzip:
 *
 *     backup.json                     the head: whose state, of when, of which schema
 *     artifacts/DIGEST/PATH           the files of every version
 *     tables/NAME/NUMBER              a table in the text form of COPY, in pieces: their sizes have to be known before
 *     manifest.json                   the tail: what must have come before it, to the byte
 *
 * The tail is last because counts and digests are known only then; a file without it is a file that was cut off.
 */
export const head = z.object({
  format: z.literal('driftloop-backup'),
  formatVersion: z.literal(1),
  driftloop: z.string(),
  namespace: z.string(),
  takenAt: z.iso.datetime(),
  /** The migrations that made the schema, in their order. */
  schema: z.array(z.object({ tag: z.string(), hash: z.string() })),
  /** The weeks for which the partitioned tables have a partition. */
  weeks: z.array(z.iso.date()),
});
export type Head = z.infer<typeof head>;

export const tail = z.object({
  tables: z.record(
    z.string(),
    z.object({ columns: z.array(z.string()), rows: z.number().int(), sha256: z.string() }),
  ),
  sequences: z.record(z.string(), z.object({ last: z.string(), isCalled: z.boolean() })),
  /** By digest; the digest is over paths and contents, so nothing more has to be kept to check them. */
  artifacts: z.record(z.string(), z.object({ bytes: z.number().int() })),
  /** Digests of versions whose artifact could not be read when the backup was taken. */
  missingArtifacts: z.array(z.string()),
});
export type Tail = z.infer<typeof tail>;

export const names = { head: 'backup.json', tail: 'manifest.json' } as const;

/** What an entry of the archive is, from its name; null for a name that no backup has. */
export type EntryName =
  | { kind: 'head' }
  | { kind: 'tail' }
  | { kind: 'artifact'; digest: string; path: string }
  | { kind: 'table'; table: string };

export function readEntryName(name: string): EntryName | null {
  if (name === names.head) return { kind: 'head' };
  if (name === names.tail) return { kind: 'tail' };
  const table = /^tables\/([a-z_]+)\/\d+$/.exec(name)?.[1];
  if (table !== undefined) return { kind: 'table', table };
  const [, digest, path] = /^artifacts\/([0-9a-f]{64})\/(.+)$/.exec(name) ?? [];
  // A path in an archive is somebody's claim: it must not lead out of the artifact's folder.
  const isInside = path !== undefined && !path.split('/').some((part) => ['', '.', '..'].includes(part));
  return digest !== undefined && isInside && !path.includes('\\') ? { kind: 'artifact', digest, path } : null;
}
