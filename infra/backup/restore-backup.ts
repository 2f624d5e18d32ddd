import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ArtifactStore } from '../../domain/ports.ts';
import type { Database } from '../postgres/connect.ts';
import { replaceState, type StateWriter } from '../postgres/state-in.ts';
import { readArchive } from './archive.ts';
import type { CheckedBackup } from './check-backup.ts';
import { unreadable } from './problems.ts';

export type RestoreOptions = Database & { file: string; artifacts: ArtifactStore };

/**
 * Puts a checked backup in the place of whatever the namespace has. Artifacts come first: they are known by their
 * content, so one more harms nobody. Then the tables, in one transaction.
 *
 * @throws DL_BACKUP_UNREADABLE where the file has changed since it was checked; then everything is as it was
 */
export async function restoreBackup(
  { head, tail }: CheckedBackup,
  { file, artifacts, ...database }: RestoreOptions,
): Promise<void> {
  await restoreArtifacts(file, artifacts);
  await replaceState(database, head.weeks, async (writer) => {
    const ended = await restoreTables(file, { head, tail }, writer);
    for (const [table, { rows }] of Object.entries(tail.tables)) {
      if ((ended.get(table) ?? 0) !== rows) throw unreadable(file, `table "${table}" lacks rows`);
    }
    await writer.setSequences(Object.entries(tail.sequences).map(([name, values]) => ({ name, ...values })));
  });
}

async function restoreTables(
  file: string,
  { tail }: CheckedBackup,
  writer: StateWriter,
): Promise<ReadonlyMap<string, number>> {
  const rows = new Map<string, number>();
  let present: { table: string; hash: ReturnType<typeof createHash> } | null = null;
  const end = async () => {
    if (present === null) return;
    rows.set(present.table, await writer.endTable());
    if (present.hash.digest('hex') !== tail.tables[present.table]?.sha256)
      throw unreadable(file, `table "${present.table}" has changed since it was checked`);
    present = null;
  };
  await readArchive(file, async (entry) => {
    if (entry.kind !== 'table') return;
    const { table, content } = entry;
    if (present?.table !== table) {
      await end();
      present = { table, hash: createHash('sha256') };
    }
    for await (const piece of content) {
      present.hash.update(piece);
      await writer.write(table, tail.tables[table]!.columns, piece);
    }
  });
  await end();
  return rows;
}

/** Each is gathered in a folder of its own and put into the store, which finds its digest anew. */
async function restoreArtifacts(file: string, artifacts: ArtifactStore): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-restore-'));
  let gathering: string | null = null;
  const put = async () => {
    if (gathering === null) return;
    const { digest } = await artifacts.put(path.join(folder, gathering));
    if (digest !== gathering) throw unreadable(file, `artifact ${gathering.slice(0, 12)}… has changed`);
    await rm(path.join(folder, gathering), { recursive: true, force: true });
    gathering = null;
  };
  try {
    await readArchive(file, async (entry) => {
      if (entry.kind !== 'artifact') return;
      if (gathering !== entry.digest) await put();
      gathering = entry.digest;
      const place = path.join(folder, entry.digest, entry.path);
      await mkdir(path.dirname(place), { recursive: true });
      await pipeline(entry.content, createWriteStream(place));
    });
    await put();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
