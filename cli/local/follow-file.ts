import { statSync, watchFile, unwatchFile } from 'node:fs';

const LOOK_EVERY_MS = 500;

/**
 * Calls `onSaved` whenever a file was saved, one call at a time; saves during a call are one more call after it. Looks
 * at the file's time instead of asking to be told: editors replace files, and shared folders tell nothing.
 *
 * @returns how to end it
 */
export function followFile(file: string, onSaved: () => Promise<void>): () => void {
  let saved = statSync(file).mtimeMs;
  let isBusy = false;
  let isOver = false;
  const look = async (now: number): Promise<void> => {
    // While an editor replaces it, it is not there.
    if (isBusy || isOver || now === 0 || now === saved) return;
    isBusy = true;
    saved = now;
    // What goes wrong is for `onSaved` to say; the next save is another chance.
    await onSaved().catch(() => {});
    isBusy = false;
    const since = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    await look(since);
  };
  watchFile(file, { interval: LOOK_EVERY_MS }, ({ mtimeMs }) => void look(mtimeMs));
  return () => {
    // A look that is under way still comes.
    isOver = true;
    unwatchFile(file);
  };
}
