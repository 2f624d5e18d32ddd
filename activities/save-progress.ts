import type { TrainingProgress } from '../domain/run.ts';
import type { Ports } from './ports.ts';

/** Progress is written for people who watch: more often they cannot read. */
const SAVE_EVERY_MS = 500;

/** Writes the latest progress, one write at a time; what a slow store misses is replaced by what came after. */
export function progressSaver({ runs }: Pick<Ports, 'runs'>, runId: string) {
  let waiting: TrainingProgress | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let lastAt = 0;
  const write = async () => {
    while (waiting !== null) {
      const progress = waiting;
      waiting = null;
      lastAt = Date.now();
      // Who watches misses a line; the training goes on.
      await runs.saveProgress(runId, progress).catch(() => {});
    }
    isWriting = false;
  };
  const begin = () => {
    if (isWriting) return;
    isWriting = true;
    writing = write();
  };
  return {
    soon(progress: TrainingProgress) {
      waiting = progress;
      if (Date.now() - lastAt >= SAVE_EVERY_MS) begin();
    },
    async settled() {
      await writing;
      begin();
      await writing;
    },
  };
}
