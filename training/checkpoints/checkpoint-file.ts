import { readFile, rename, writeFile } from 'node:fs/promises';
import type { TrainingJob } from '../../domain/ports.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Checkpoint, StateCodec } from './checkpoint.ts';
import { checkpointPace } from './checkpoint-pace.ts';
import type { Checkpoints } from './checkpoints.ts';
import { NotACheckpoint } from './not-a-checkpoint.ts';

export type CheckpointFile<State> = {
  checkpoints: Checkpoints<State>;
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
export async function openCheckpointFile<State, Head>(
  { file, everyMs }: NonNullable<TrainingJob['checkpoint']>,
  codec: StateCodec<State, Head>,
  job: string,
  onKept: () => void,
): Promise<CheckpointFile<State>> {
  const openedAt = performance.now();
  const { found, note } = await read(codec, file, job);
  const secondsBefore = found?.seconds ?? 0;
  const pace = checkpointPace(everyMs);
  return {
    secondsBefore,
    note,
    checkpoints: {
      resumed: found?.state ?? null,
      isDue: () => pace.isDue(performance.now()),
      async keep(state) {
        const from = performance.now();
        const seconds = secondsBefore + (from - openedAt) / 1000;
        await writeFile(`${file}.part`, writeCheckpoint(codec, { state, seconds }, job), { mode: 0o600 });
        await rename(`${file}.part`, file);
        pace.kept(from, performance.now());
        onKept();
      },
    },
  };
}

async function read<State, Head>(
  codec: StateCodec<State, Head>,
  file: string,
  job: string,
): Promise<{ found: Checkpoint<State> | null; note: string | null }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { found: null, note: null };
    throw error;
  }
  try {
    return { found: readCheckpoint(codec, bytes, job), note: null };
  } catch (error) {
    if (!(error instanceof NotACheckpoint)) throw error;
    return { found: null, note: `Begun again, not from the checkpoint: ${error.message}.` };
  }
}
