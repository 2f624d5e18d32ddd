import { setTimeout as pause } from 'node:timers/promises';
import process from 'node:process';
import { createLogUpdate } from 'log-update';

/** Where something that changes is shown: drawn over on a terminal, and said once for each change anywhere else. */
export type Screen = Readonly<{ show(text: string): void; close(): void }>;

export function openScreen(stream: NodeJS.WriteStream = process.stdout): Screen {
  if (!stream.isTTY) {
    let shown = '';
    return {
      show(text) {
        if (text !== shown) stream.write(`${text}\n`);
        shown = text;
      },
      close() {},
    };
  }
  const update = createLogUpdate(stream);
  return { show: (text) => update(text), close: () => update.done() };
}

/** Calls `look` again and again until it says that it is over, or Ctrl-C; the command then ends with 0. */
export async function untilOver(everyMs: number, look: () => Promise<boolean>): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    while (!interrupted.signal.aborted && !(await look()))
      await pause(everyMs, undefined, { signal: interrupted.signal }).catch(() => {});
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
