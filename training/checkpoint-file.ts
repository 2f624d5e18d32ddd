import { readFile, rename, writeFile } from 'node:fs/promises';
import type { TrainingJob } from '../domain/ports.ts';
import { NotACheckpoint, readCheckpoint, writeCheckpoint } from './tabular/checkpoint.ts';
import type { Checkpoint } from './tabular/checkpoint.ts';
import { checkpointPace } from './tabular/checkpoint-pace.ts';
import type { Checkpoints } from './tabular/fit.ts';

export type CheckpointFile = {
  checkpoints: Checkpoints;
  /** How long the job was trained before it was interrupted. */
  secondsBefore: number;
  /** Why a checkpoint that lies there is not used; null where one is, or none is there. */
  note: string | null;
};

/**
 * The checkpoint file of a job: read now, replaced as a whole while the job is trained. One that is damaged or belongs
 * to another job is not used, which is said in `note`; the training then begins at its first step.
 *
 * @param job the digest of the job
 * @param onKept called when a newer one lies there
 */
export async function openCheckpointFile(
  { file, everyMs }: NonNullable<TrainingJob['checkpoint']>,
  job: string,
  onKept: () => void,
): Promise<CheckpointFile> {
  const openedAt = performance.now();
  const { found, note } = await read(file, job);
  const secondsBefore = found?.seconds ?? 0;
  return {
    secondsBefore,
    note,
    checkpoints: {
      resumed: found?.state ?? null,
      pace: checkpointPace(everyMs),
      async keep(state) {
        const seconds = secondsBefore + (performance.now() - openedAt) / 1000;
        await writeFile(`${file}.part`, writeCheckpoint({ state, seconds }, job), { mode: 0o600 });
        await rename(`${file}.part`, file);
        onKept();
      },
    },
  };
}

async function read(file: string, job: string): Promise<{ found: Checkpoint | null; note: string | null }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { found: null, note: null };
    throw error;
  }
  try {
    return { found: readCheckpoint(bytes, job), note: null };
  } catch (error) {
    if (!(error instanceof NotACheckpoint)) throw error;
    return { found: null, note: `Begun again, not from the checkpoint: ${error.message}.` };
  }
}
