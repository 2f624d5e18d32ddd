import { setTimeout as pause } from 'node:timers/promises';
import process from 'node:process';
import { createLogUpdate } from 'log-update';
import { ourError } from '../../domain/errors.ts';

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

/**
 * Calls `look` again and again until it says that it is over, or Ctrl-C; the command then ends with 0.
 *
 * @param lost told why there is no word at the moment, in the same words as long as it is so. What is down may come
 *   back: only a mistake ends the watching, and whatever fails the first look.
 */
export async function untilOver(
  everyMs: number,
  look: () => Promise<boolean>,
  lost: (sentence: string) => void,
): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  let seenAt: Date | null = null;
  try {
    while (!interrupted.signal.aborted) {
      try {
        if (await look()) return;
        seenAt = new Date();
      } catch (error) {
        if (seenAt === null || ourError(error)?.retryable === false) throw error;
        const why = error instanceof Error ? error.message : String(error);
        lost(`No word since ${seenAt.toLocaleTimeString('en-GB')}; trying again. ${why}`);
      }
      await pause(everyMs, undefined, { signal: interrupted.signal }).catch(() => {});
    }
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
