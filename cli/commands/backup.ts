import type { BackupWish } from '../operate/backup.ts';
import type { Answer } from '../output.ts';
import { withDriftloop } from '../wiring.ts';
import { shellWord } from '../shell-word.ts';

/** Writes the state of the namespace to a file. */
export async function backUpTo(wish: BackupWish): Promise<Answer> {
  const json = await withDriftloop(({ backup }) => backup(wish));
  const { file, bytes, tables, rows, artifacts, namespace, missingArtifacts } = json;
  return {
    json,
    text:
      `Kept ${rows} rows of ${tables} tables and ${artifacts} artifacts of the namespace ` +
      `"${namespace}" in ${file} (${(bytes / 2 ** 20).toFixed(1)} MiB).${sayMissing(missingArtifacts)}`,
    next: `driftloop restore ${shellWord(wish.out)}`,
  };
}

export const sayMissing = (digests: readonly string[]): string =>
  digests.length === 0
    ? ''
    : `\nWithout the artifacts ${digests.map((d) => d.slice(0, 12)).join(', ')}, which could not be read: their versions cannot serve from it.`;
