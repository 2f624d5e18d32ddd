import process from 'node:process';

/** Ended by Ctrl-C, as shells count it. */
export const interruptedExitCode = 130;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Why the demo has to end before its time: Ctrl-C, or a part that died, as one signal that carries the sentence.
 * During the set-up there is nothing to tell and Ctrl-C ends at once; what was started ends with the process. A second
 * Ctrl-C always does.
 */
export function listenForStop() {
  const controller = new AbortController();
  let isWaitedFor = false;
  let interrupts = 0;
  const ended = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const interrupt = () => {
    interrupts += 1;
    if (!isWaitedFor || interrupts > 1) process.exit(interruptedExitCode);
    controller.abort('Interrupted.');
  };
  for (const name of signals) process.on(name, interrupt);
  return {
    signal: controller.signal,
    ended,
    /** From now on somebody listens to `signal`, and ends in order. */
    beginToWait: () => void (isWaitedFor = true),
    isInterrupted: () => interrupts > 0,
    end: (sentence: string) => controller.abort(sentence),
    close: () => signals.forEach((name) => process.off(name, interrupt)),
  };
}
