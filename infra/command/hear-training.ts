import { startingUp } from '../../domain/run.ts';
import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import { readSaid } from '../../training/command/contract.ts';
import type { Said } from '../../training/command/contract.ts';

type Saying<K extends Said['kind']> = Extract<Said, { kind: K }>;

export type Heard = {
  progress: TrainingProgress;
  done: Saying<'done'> | null;
  failed: Saying<'failed'> | null;
  /** Lines that were none of the contract's. */
  ignored: { lines: number; first: string | null };
};

/** Of a program that does not say what it computes with. */
const UNNAMED_BACKEND = 'command';

/** Listens to the lines of a program that trains. What is none of the contract is passed on to `onIgnored`. */
export function hearTraining(tell: {
  onProgress: (progress: TrainingProgress) => void;
  onEpoch: (score: EpochScore) => void;
  /** A checkpoint lies in the folder of this name. */
  onCheckpoint: (folder: string) => void;
  onIgnored: (line: string, because: string) => void;
}) {
  const heard: Heard = {
    progress: startingUp,
    done: null,
    failed: null,
    ignored: { lines: 0, first: null },
  };
  return {
    heard,
    onLine(line: string): void {
      if (line.trim() === '') return;
      const said = readSaid(line);
      switch (said.kind) {
        case 'progress': {
          const { kind: _, backend, ...rest } = said;
          const known =
            heard.progress.backend === startingUp.backend ? UNNAMED_BACKEND : heard.progress.backend;
          heard.progress = { ...rest, backend: backend ?? known };
          return tell.onProgress(heard.progress);
        }
        case 'epoch': {
          const { kind: _, ...score } = said;
          return tell.onEpoch(score);
        }
        case 'checkpoint':
          return tell.onCheckpoint(said.folder);
        case 'failed':
          heard.failed = said;
          return;
        case 'done':
          heard.done = said;
          return;
        case 'ignored':
          heard.ignored.lines += 1;
          heard.ignored.first ??= line;
          return tell.onIgnored(line, said.because);
        default:
          return said satisfies never;
      }
    },
  };
}
