import { DriftloopError } from '../../domain/errors.ts';
import type { Trainer, TrainingReport } from '../../domain/ports.ts';
import type { TrainingProgress } from '../../domain/run.ts';
import type { FromTrainer, ToTrainer } from './child-messages.ts';
import { forkChild } from './fork-child.ts';
import type { Child } from './fork-child.ts';
import { receiveError } from './sent-error.ts';

type Options = {
  /** A child that says nothing for so long has hung and is killed. It says something every second. */
  silenceMs?: number;
  /** Told the process id of each child; for logs and tests. */
  onChild?: (pid: number) => void;
};

/**
 * Fine-tunes in a child process, one for each training: it can be killed at any moment, and leaves nothing behind.
 *
 * `onProgress` is called at least every second while the child lives, so that a caller can take it as a heartbeat.
 * Aborting kills the child at once; the promise rejects with the signal's reason. A child that dies by itself gives
 * `DL_TRAINING_CRASHED`, which is worth another try.
 */
export function createChildTrainer({ silenceMs = 60_000, onChild }: Options = {}): Trainer {
  return {
    async fineTune(job, { onProgress, signal }) {
      signal?.throwIfAborted();
      const child = forkChild('trainer-child');
      if (child.process.pid !== undefined) onChild?.(child.process.pid);
      const kill = () => child.process.kill('SIGKILL');
      let hung = false;
      const silence = setTimeout(() => {
        hung = true;
        kill();
      }, silenceMs);
      signal?.addEventListener('abort', kill, { once: true });
      try {
        child.process.on('message', () => silence.refresh());
        const answer = listen(child, onProgress);
        child.process.send({ kind: 'train', job } satisfies ToTrainer);
        const report = await Promise.race([answer, child.exited]);
        if (typeof report === 'object') return report;
        signal?.throwIfAborted();
        throw crashed(job.model.name, hung ? `${silenceMs} ms of silence` : report, child.tail());
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
function listen(child: Child, onProgress: (progress: TrainingProgress) => void): Promise<TrainingReport> {
  let latest: TrainingProgress = {
    step: 0,
    steps: 0,
    epoch: 0,
    trainLoss: null,
    validationLoss: null,
    backend: 'starting',
  };
  return new Promise((resolve, reject) => {
    child.process.on('message', (value) => {
      const message = value as FromTrainer;
      switch (message.kind) {
        case 'alive':
          return onProgress(latest);
        case 'progress':
          latest = message.progress;
          return onProgress(latest);
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

const crashed = (model: string, how: string, tail: string) =>
  new DriftloopError(
    'DL_TRAINING_CRASHED',
    `The process that trained ${model} ended by ${how}.${tail ? ` It last said: ${tail.split('\n').slice(-5).join(' | ')}` : ''}`,
    {
      fix: 'It is tried again by itself. If it goes on, give it more memory or train on fewer rows.',
      retryable: true,
      status: 500,
    },
  );
