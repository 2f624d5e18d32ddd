import path from 'node:path';
import type { Environment } from '../environment.ts';

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
  { databaseUrl, namespace, artifacts: folder }: Pick<Environment, 'databaseUrl' | 'namespace' | 'artifacts'>,
  { out, skipMissingArtifacts = false }: BackupWish,
): Promise<BackedUp> {
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
  return {
    file,
    bytes,
    takenAt: head.takenAt,
    namespace,
    tables: tables.length,
    rows: tables.reduce((sum, table) => sum + table.rows, 0),
    artifacts: Object.keys(tail.artifacts).length,
    missingArtifacts: tail.missingArtifacts,
  };
}
