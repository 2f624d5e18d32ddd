import type { Trainer, TrainingReport } from '../../domain/ports.ts';
import { openCheckpoints } from './command-checkpoints.ts';
import type { CommandCheckpoints } from './command-checkpoints.ts';
import { finishArtifact } from './finish-artifact.ts';
import { hearTraining } from './hear-training.ts';
import type { Heard } from './hear-training.ts';
import { layOut } from './job-folder.ts';
import { runTraining, whatWasDone } from './run-training.ts';

type Options = {
  /** Told each line of its stdout that is none of the contract, and why. */
  onIgnored?: (line: string, because: string) => void;
  /** Told of a checkpoint that could not be kept. */
  onProblem?: (error: unknown) => void;
  /** Told the process id of each program that trains; for logs and tests. */
  onProgram?: (pid: number) => void;
};

const nothing = () => {};

/**
 * Fine-tunes with a program of the team's own (docs/trainers.md), in a process group that ends when this process does.
 * `onProgress` is called at least every second while it trains. Aborting sends SIGTERM, and SIGKILL when the grace is
 * over. A version has to answer rows before it is one.
 *
 * Throws `DL_PROGRAM_NOT_FOUND`, `DL_PROGRAM_FAILED`, `DL_PROGRAM_NO_ARTIFACT`, `DL_PROGRAM_ANSWERS_INVALID`.
 */
export function createCommandTrainer({
  onIgnored = nothing,
  onProblem = nothing,
  onProgram = nothing,
}: Options = {}): Trainer {
  return {
    async fineTune({ training, ...rest }, options) {
      const { onProgress, onEpoch = nothing, onCheckpoint = nothing, signal, trace } = options;
      if (training.kind !== 'program') throw new Error(`${rest.model.name} is not trained by a program`);
      const { task } = rest.model;
      if (task.kind !== 'classification' && task.kind !== 'regression')
        throw new Error(`A program is not given a ${task.kind}`);
      const job = { ...rest, model: { ...rest.model, task }, training };
      const { trainer } = training;
      const { name: model } = job.model;
      signal?.throwIfAborted();
      const startedAt = performance.now();
      const folder = await layOut(job);
      try {
        const checkpoints = await openCheckpoints(job, folder, { onKept: onCheckpoint, onProblem });
        const { heard, onLine } = hearTraining({
          onProgress,
          onEpoch,
          onCheckpoint: (name) => checkpoints.soon(name),
          onIgnored,
        });
        const onAlive = () => onProgress(heard.progress);
        const run = { model, trainer, folder: folder.path, onLine, onAlive, onProgram, signal, trace };
        const ended = await runKeeping(checkpoints, run);
        const done = whatWasDone(model, heard, ended);
        const report = reportOf(done, heard, checkpoints, startedAt);
        const { trainableParameters: trainable, totalParameters: total } = done;
        await finishArtifact(job, folder.artifact, { report, parameters: { trainable, total } }, signal);
        await folder.handOver();
        return report;
      } finally {
        await folder.remove();
      }
    },
  };
}

/** Also where it failed, what it has kept is whole before its folder goes. */
async function runKeeping(checkpoints: CommandCheckpoints, run: Parameters<typeof runTraining>[0]) {
  try {
    return await runTraining(run);
  } finally {
    await checkpoints.settled();
  }
}

function reportOf(
  { steps, epochs, bestEpoch, validationLoss, peakMemoryMb, kept, notes }: NonNullable<Heard['done']>,
  { progress, ignored }: Heard,
  { secondsBefore, note }: CommandCheckpoints,
  startedAt: number,
): TrainingReport {
  return {
    seconds: secondsBefore + (performance.now() - startedAt) / 1000,
    steps,
    epochs,
    bestEpoch,
    validationLoss,
    peakMemoryMb,
    backend: progress.backend,
    resumedAtStep: progress.resumedAtStep,
    kept: kept && { ...kept, share: 1 },
    notes: [
      ...notes,
      ...(note === null ? [] : [note]),
      ...(ignored.lines === 0 ? [] : [sayIgnored(ignored)]),
    ],
  };
}

const sayIgnored = ({ lines, first }: Heard['ignored']): string =>
  `${lines === 1 ? 'One line' : `${lines} lines`} of the program’s stdout said nothing to Driftloop; the first: ${JSON.stringify(first?.slice(0, 100))}.`;
