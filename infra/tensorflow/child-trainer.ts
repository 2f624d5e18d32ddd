import type { Trainer, TrainingReport } from '../../domain/ports.ts';
import { startingUp } from '../../domain/run.ts';
import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import type { FromTrainer, ToTrainer } from './child-messages.ts';
import { forkChild } from './fork-child.ts';
import type { Child } from './fork-child.ts';
import { receiveError } from './sent-error.ts';
import { explainCrash, outOfMemory, saysOutOfMemory } from './training-crash.ts';
import { trainingHeapMb } from './training-heap.ts';

type Options = {
  /** A child that says nothing for so long has hung and is killed. It says something every second. */
  silenceMs?: number;
  /** How large the JavaScript heap of a child may grow; half of the memory unless it is told otherwise. */
  heapMb?: number;
  /** Told the process id of each child; for logs and tests. */
  onChild?: (pid: number) => void;
};

/**
 * Fine-tunes in a child process, one for each training: it can be killed at any moment, and leaves nothing behind.
 *
 * `onProgress` is called at least every second while the child lives. Aborting kills the child at once; the promise
 * rejects with the signal's reason. A child that dies by itself gives `DL_TRAINING_CRASHED` or
 * `DL_TRAINING_OUT_OF_MEMORY`, which are worth another try: it goes on from its checkpoint.
 */
export function createChildTrainer({
  silenceMs = 60_000,
  heapMb = trainingHeapMb(),
  onChild,
}: Options = {}): Trainer {
  return {
    async fineTune(job, { onProgress, onEpoch, onCheckpoint = () => {}, signal }) {
      signal?.throwIfAborted();
      const child = forkChild('trainer-child', { heapMb });
      if (child.process.pid !== undefined) onChild?.(child.process.pid);
      const kill = () => child.process.kill('SIGKILL');
      let silentMs: number | null = null;
      const silence = setTimeout(() => {
        silentMs = silenceMs;
        kill();
      }, silenceMs);
      signal?.addEventListener('abort', kill, { once: true });
      try {
        child.process.on('message', () => silence.refresh());
        const answer = listen(child, { onProgress, onEpoch: onEpoch ?? (() => {}), onCheckpoint });
        const tellsEpochs = onEpoch !== undefined;
        child.process.send({ kind: 'train', job, tellsEpochs } satisfies ToTrainer);
        const report = await Promise.race([answer, child.exited]);
        if (typeof report === 'object') return report;
        signal?.throwIfAborted();
        throw explainCrash({ model: job.model.name, exit: report, tail: child.tail(), silentMs, heapMb });
      } catch (error) {
        const isOutOfMemory =
          error instanceof Error && error.name !== 'DriftloopError' && saysOutOfMemory(error.message);
        throw isOutOfMemory ? outOfMemory(job.model.name, error.message, heapMb) : error;
      } finally {
        clearTimeout(silence);
        signal?.removeEventListener('abort', kill);
        kill();
        await child.exited;
      }
    },
  };
}

/** Settles with the child's own answer. Heartbeats repeat the latest progress. */
function listen(
  child: Child,
  hear: {
    onProgress: (progress: TrainingProgress) => void;
    onEpoch: (score: EpochScore) => void;
    onCheckpoint: () => void;
  },
): Promise<TrainingReport> {
  let latest = startingUp;
  return new Promise((resolve, reject) => {
    child.process.on('message', (value) => {
      const message = value as FromTrainer;
      switch (message.kind) {
        case 'alive':
          return hear.onProgress(latest);
        case 'progress':
          latest = message.progress;
          return hear.onProgress(latest);
        case 'epoch':
          return hear.onEpoch(message.score);
        case 'checkpoint':
          return hear.onCheckpoint();
        case 'done':
          return resolve(message.report);
        case 'failed':
          return reject(receiveError(message.error));
        default:
          return message satisfies never;
      }
    });
  });
}
