import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import type { ArtifactStore } from '../../domain/ports.ts';
import { baseBeside, readOver } from '../../training/adapters/over-base.ts';
import { filesOf } from '../artifacts/digest.ts';
import type { Database } from '../postgres/connect.ts';
import { checkSchema } from '../postgres/migrate.ts';
import { readMigrations } from '../postgres/migrations.ts';
import { readState, type StateReader } from '../postgres/state-out.ts';
import type { StateTable } from '../postgres/state-tables.ts';
import { writeArchive, type AddEntry } from './archive.ts';
import { names, type Head, type Tail } from './manifest.ts';
import { exists } from './problems.ts';

/** Rows are gathered to this many bytes: all that a backup holds in memory. */
const PIECE_BYTES = 4 * 2 ** 20;

export type BackupOptions = Database & {
  file: string;
  artifacts: ArtifactStore;
  /** Goes on without artifacts that cannot be read; the backup says which. */
  skipMissingArtifacts?: boolean;
};

export type BackupTaken = { file: string; bytes: number; head: Head; tail: Tail };

/**
 * Writes the state of a namespace to one file: every table as of one moment, and the artifacts of all versions.
 * Roles may run meanwhile.
 *
 * @throws DL_BACKUP_EXISTS, DL_BACKUP_NOT_WRITTEN, DL_ARTIFACT_MISSING, DL_ARTIFACT_CORRUPT, DL_SCHEMA_OLDER,
 * DL_SCHEMA_NEWER
 */
export async function takeBackup({
  file,
  artifacts,
  skipMissingArtifacts = false,
  ...database
}: BackupOptions): Promise<BackupTaken> {
  await refuseExisting(file);
  await checkSchema(database.databaseUrl, database.namespace);
  return await readState(database, async (state) => {
    const head = await headOf(database, state);
    const tail: Tail = { tables: {}, sequences: {}, artifacts: {}, missingArtifacts: [] };
    const bytes = await writeArchive(file, async (add) => {
      await add(names.head, json(head));
      for (const digest of state.artifacts) {
        const folder = await folderOf(artifacts, digest, skipMissingArtifacts);
        if (folder === null) tail.missingArtifacts.push(digest);
        else await addWithBase(add, folder, digest, tail);
      }
      for (const table of state.tables) tail.tables[table.name] = await addTable(add, state, table);
      for (const { name, ...values } of await state.sequences()) tail.sequences[name] = values;
      await add(names.tail, json(tail));
    });
    return { file, bytes, head, tail };
  });
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

async function refuseExisting(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw exists(file);
}

async function headOf({ namespace }: Database, { weeks }: StateReader): Promise<Head> {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return {
    format: 'driftloop-backup',
    formatVersion: 1,
    driftloop: version,
    namespace,
    takenAt: new Date().toISOString(),
    schema: readMigrations().map(({ tag, hash }) => ({ tag, hash })),
    weeks: [...weeks],
  };
}

/** An artifact is checked against its digest as it is opened. @returns null where it is passed over */
async function folderOf(
  artifacts: ArtifactStore,
  digest: string,
  skipMissing: boolean,
): Promise<string | null> {
  try {
    return await artifacts.open(digest);
  } catch (error) {
    if (skipMissing && error instanceof DriftloopError) return null;
    throw error;
  }
}

/** Once each; the base of an adapter before it, since a store takes no adapter whose base it has not got. */
async function addWithBase(add: AddEntry, folder: string, digest: string, tail: Tail): Promise<void> {
  const over = await readOver(folder);
  if (over !== null) await addWithBase(add, baseBeside(folder, over), over.digest, tail);
  tail.artifacts[digest] ??= { bytes: await addArtifact(add, folder, digest) };
}

/** @returns its bytes */
async function addArtifact(add: AddEntry, folder: string, digest: string): Promise<number> {
  let bytes = 0;
  for (const name of await filesOf(folder)) {
    const place = path.join(folder, name);
    const { size } = await stat(place);
    await add(`artifacts/${digest}/${name}`, { size, stream: createReadStream(place) });
    bytes += size;
  }
  return bytes;
}

async function addTable(
  add: AddEntry,
  state: StateReader,
  table: StateTable,
): Promise<Tail['tables'][string]> {
  const hash = createHash('sha256');
  let [rows, pieces, size] = [0, 0, 0];
  let gathered: Buffer[] = [];
  const flush = async () => {
    if (size === 0) return;
    const piece = Buffer.concat(gathered, size);
    [gathered, size] = [[], 0];
    hash.update(piece);
    // A row is a line: a line break inside a value is written as \n.
    for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) rows += 1;
    await add(`tables/${table.name}/${String((pieces += 1)).padStart(6, '0')}`, piece);
  };
  for await (const chunk of state.rows(table) as AsyncIterable<Buffer>) {
    gathered.push(chunk);
    size += chunk.length;
    if (size >= PIECE_BYTES) await flush();
  }
  await flush();
  return { columns: [...table.columns], rows, sha256: hash.digest('hex') };
}
