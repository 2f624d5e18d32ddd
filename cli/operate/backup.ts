import path from 'node:path';
import { everyModel } from '../../domain/person.ts';
import type { Installation } from './installation.ts';

export type BackupWish = { out: string; skipMissingArtifacts?: boolean };

/** What a backup holds, and which artifacts could not be read. */
export type BackedUp = {
  file: string;
  bytes: number;
  takenAt: string;
  namespace: string;
  tables: number;
  rows: number;
  artifacts: number;
  missingArtifacts: string[];
};

/**
 * Writes the state of the namespace to a file; roles may run meanwhile.
 *
 * @throws DL_BACKUP_EXISTS, DL_BACKUP_NOT_WRITTEN, DL_ARTIFACT_MISSING, DL_ARTIFACT_CORRUPT
 */
export async function backUp(
  { environment, stores, admit }: Pick<Installation, 'environment' | 'stores' | 'admit'>,
  { out, skipMissingArtifacts = false }: BackupWish,
): Promise<BackedUp> {
  // It has every model, every row, and what is kept of tokens: it is for whoever may do everything.
  const { name: by, via } = await admit({ right: 'apply', model: everyModel });
  const { databaseUrl, namespace, artifacts: folder } = environment;
  const [{ createFolderStore }, { takeBackup }] = await Promise.all([
    import('../../infra/artifacts/folder-store.ts'),
    import('../../infra/backup/take-backup.ts'),
  ]);
  const { file, bytes, head, tail } = await takeBackup({
    file: path.resolve(out),
    databaseUrl,
    namespace,
    artifacts: createFolderStore(folder),
    skipMissingArtifacts,
  });
  const tables = Object.values(tail.tables);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const artifacts = Object.keys(tail.artifacts).length;
  const { takenAt } = head;
  const details = { takenAt, rows, artifacts };
  await stores.audit.append({ action: 'backup', by, via, subject: path.basename(file), details });
  return {
    file,
    bytes,
    takenAt,
    namespace,
    tables: tables.length,
    rows,
    artifacts,
    missingArtifacts: tail.missingArtifacts,
  };
}
