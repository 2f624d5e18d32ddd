import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { canonicalJson } from '../../domain/config.ts';
import { sha256OfFile } from '../artifacts/digest.ts';
import { checkpointPacker } from './checkpoint-packer.ts';
import type { CommandJob, JobFolder } from './job-folder.ts';
import { unpackFolder } from './packed-folder.ts';

export type CommandCheckpoints = {
  /** Of training, before an interruption. */
  secondsBefore: number;
  /** Why the checkpoint that was there is not used; null where there is nothing to say. */
  note: string | null;
  /** Keeps the folder of this name. */
  soon(name: string): void;
  settled(): Promise<void>;
};

/** Lays what an interrupted training has kept into its folder again, and keeps what comes. */
export async function openCheckpoints(
  job: CommandJob,
  { checkpoints }: JobFolder,
  hear: { onKept: () => void; onProblem: (error: unknown) => void },
): Promise<CommandCheckpoints> {
  const file = job.checkpoint?.file;
  if (file === undefined)
    return { secondsBefore: 0, note: null, soon: () => {}, settled: () => Promise.resolve() };
  const owner = await ownerOf(job);
  const isThere = existsSync(file);
  const kept = isThere ? await unpackFolder(file, checkpoints, owner) : null;
  const secondsBefore = kept?.seconds ?? 0;
  const startedAt = performance.now();
  const labelNow = () => ({ owner, seconds: secondsBefore + (performance.now() - startedAt) / 1000 });
  return {
    secondsBefore,
    note:
      isThere && kept === null ? 'The checkpoint that was there is another training’s; it began anew.' : null,
    ...checkpointPacker({ root: checkpoints, file, labelNow }, hear),
  };
}

/** Two trainings go on from each other's checkpoints where all that they are given is the same. */
async function ownerOf({ model, training, trainFile, validationFile }: CommandJob): Promise<string> {
  const { name, task, input } = model;
  const { base, wish, trainer, old } = training;
  const { command, settings } = trainer;
  const files = [trainFile, validationFile, ...(old === null ? [] : [old.rehearsal, old.golden])];
  const rows = await Promise.all(files.map((one) => sha256OfFile(one)));
  const what = { name, task, input, base, wish, command, settings, rows };
  return createHash('sha256').update(canonicalJson(what)).digest('hex');
}
