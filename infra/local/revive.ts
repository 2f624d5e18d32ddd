import { setTimeout as wait } from 'node:timers/promises';
import type { Exit, RunningProcess } from './process-spec.ts';

/** One that ends more often than this within a minute is given up: something is wrong that another start does not mend. */
const MOST_ENDS = 5;
const WITHIN_MS = 60_000;
const FIRST_WAIT_MS = 100;

export type Revival = {
  /** Starts it again where it was before, and waits until it answers. The signal: nobody wants it any more. */
  again: (signal: AbortSignal) => Promise<RunningProcess>;
  /** Hears of an end that another start follows. */
  onEnded: (exit: Exit) => void;
  /** Hears of the end after which it was given up. */
  onGivenUp: (exit: Exit) => void;
};

/**
 * A process that is started again whenever it ends by itself, until it is stopped. What is known of it stays true but
 * for its `pid`; `exited` settles when it was stopped or given up.
 */
export function revive(first: RunningProcess, { again, onEnded, onGivenUp }: Revival): RunningProcess {
  const stopping = new AbortController();
  let current = first;
  const watch = async (): Promise<Exit> => {
    let ends: number[] = [];
    for (;;) {
      const exit = await current.exited;
      if (stopping.signal.aborted) return exit;
      ends = [...ends.filter((at) => Date.now() - at < WITHIN_MS), Date.now()];
      if (ends.length > MOST_ENDS) {
        onGivenUp(exit);
        return exit;
      }
      onEnded(exit);
      await wait(FIRST_WAIT_MS * 2 ** (ends.length - 1), undefined, { signal: stopping.signal }).catch(
        () => {},
      );
      if (stopping.signal.aborted) return exit;
      // One that does not come up has ended once more.
      current = await again(stopping.signal).catch(() => current);
      // A stop that came meanwhile did not see it.
      if (stopping.signal.aborted) await current.stop();
    }
  };
  const exited = watch();
  return {
    name: first.name,
    get pid() {
      return current.pid;
    },
    exited,
    signal: (name) => current.signal(name),
    async stop() {
      stopping.abort();
      await current.stop();
      return exited;
    },
  };
}
