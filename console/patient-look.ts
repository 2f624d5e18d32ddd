/** A reader waits no longer than this for a look; the page says then that it goes on. */
const PATIENCE_MS = 400;

/** What a look found last, and when; null before the first one has ended. */
export type Looked<T> = Readonly<{ found: T; at: number }> | null;

/** A look that takes long: it is had at most once in `ms`, whoever asks, and holds no page up. */
export function patientLook<T>(look: () => Promise<T>, ms: number, clock: () => number) {
  let last: Looked<T> = null;
  let running: Promise<void> | null = null;
  return async (): Promise<Looked<T>> => {
    if (last !== null && clock() - last.at < ms) return last;
    running ??= look()
      .then((found) => {
        last = { found, at: clock() };
      })
      .finally(() => {
        running = null;
      });
    // Who does not wait for it does not hear of its failure: the next reader asks again.
    running.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    await Promise.race([running, patience]).finally(() => clearTimeout(timer));
    return last;
  };
}
