import path from 'node:path';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { takeBackup } from '../../infra/backup/take-backup.ts';
import { readEnvironment } from '../environment.ts';
import type { Answer } from '../output.ts';

export type BackupOptions = { out: string; skipMissingArtifacts?: boolean };

/** Writes the state of the namespace to a file; roles may run meanwhile. */
export async function backUp({ out, skipMissingArtifacts = false }: BackupOptions): Promise<Answer> {
  const { databaseUrl, namespace, artifacts } = readEnvironment();
  const { file, bytes, head, tail } = await takeBackup({
    file: path.resolve(out),
    databaseUrl,
    namespace,
    artifacts: createFolderStore(artifacts),
    skipMissingArtifacts,
  });
  const rows = Object.values(tail.tables).reduce((sum, table) => sum + table.rows, 0);
  const kept = Object.keys(tail.artifacts).length;
  const { missingArtifacts } = tail;
  return {
    json: { file, bytes, takenAt: head.takenAt, namespace, rows, artifacts: kept, missingArtifacts },
    text:
      `Kept ${rows} rows of ${Object.keys(tail.tables).length} tables and ${kept} artifacts of the namespace ` +
      `"${namespace}" in ${file} (${(bytes / 2 ** 20).toFixed(1)} MiB).${sayMissing(missingArtifacts)}`,
    next: `driftloop restore ${out}`,
  };
}

export const sayMissing = (digests: readonly string[]): string =>
  digests.length === 0
    ? ''
    : `\nWithout the artifacts ${digests.map((d) => d.slice(0, 12)).join(', ')}, which could not be read: their versions cannot serve from it.`;
