import process from 'node:process';

/** Ended by Ctrl-C, as shells count it. */
const INTERRUPTED = 130;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What was begun is taken away within this time; then the process ends whatever is left. */
const CLEARING_MS = 2_000;

/**
 * Does something that Ctrl-C ends at once: the signal aborts what runs, which takes back what it has begun, and the
 * process ends with 130. A second Ctrl-C does not wait.
 */
export async function untilInterrupted<T>(use: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const work = use(controller.signal);
  const settled = work.then(
    () => {},
    () => {},
  );
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort(new Error('interrupted'));
    const end = () => {
      process.stderr.write('Interrupted; nothing was written.\n');
      process.exit(INTERRUPTED);
    };
    setTimeout(end, CLEARING_MS);
    void settled.then(end);
  };
  for (const name of signals) process.on(name, interrupt);
  try {
    return await work;
  } catch (error) {
    // The process ends in a moment; nobody shall read of an error before.
    if (controller.signal.aborted) return await new Promise<never>(() => {});
    throw error;
  } finally {
    for (const name of signals) process.off(name, interrupt);
  }
}
