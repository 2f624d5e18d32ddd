import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { readEnvironment } from '../environment.ts';
import { restoreBackupFile } from '../operate/restore.ts';
import type { Replaced } from '../operate/restore.ts';
import type { Answer } from '../output.ts';
import { sayMissing } from './backup.ts';

export type RestoreOptions = { force?: boolean };

/** Puts a backup back. With `force` it replaces what the namespace has, once its name was typed. */
export async function restoreFile(file: string, { force = false }: RestoreOptions): Promise<Answer> {
  const json = await restoreBackupFile(readEnvironment(), file, force ? { replacing: askToType } : {});
  const { missingArtifacts, rows, artifacts, namespace, takenAt, endedRuns, supervised, problem } = json;
  return {
    json,
    text:
      `Restored ${rows} rows and ${artifacts} artifacts of the namespace "${namespace}" as of ${takenAt}.` +
      sayMissing(missingArtifacts) +
      (endedRuns.length === 0 ? '' : `\nEnded the runs that were open then: ${endedRuns.join(', ')}.`) +
      (supervised
        ? ''
        : `\nTemporal did not answer (${problem}): workflows of before may go on, and models have no supervisor until "driftloop apply".`),
    next: supervised ? 'driftloop model list' : 'driftloop apply',
    ...(supervised ? {} : { exitCode: 1 }),
  };
}

/** The name of the namespace, as it is typed. */
async function askToType({ namespace, models, takenAt }: Replaced): Promise<string> {
  process.stderr.write(
    `This replaces all that the namespace "${namespace}" has (models: ${models.join(', ') || 'none'}) ` +
      `by the backup of ${takenAt}.\nType the name of the namespace to go on: `,
  );
  const lines = createInterface({ input: process.stdin });
  const { value } = (await lines[Symbol.asyncIterator]().next()) as { value?: string };
  lines.close();
  process.stdin.unref?.();
  return value ?? '';
}
