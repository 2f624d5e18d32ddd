import { setTimeout } from 'node:timers/promises';
import { foldModel, type FoldOptions } from './fold-model.ts';

export type RunFoldsOptions = FoldOptions & {
  signal: AbortSignal;
  /** Time between two beats. */
  everyMs?: number;
  onProblem?: (problem: { model: string | null; error: unknown }) => void;
};

/** Each holds a connection to the database while its champion answers. */
const MODELS_AT_ONCE = 4;

/**
 * Folds every model that is behind on a beat until the signal. May run in any number of processes: for each step one of them has
 * the model's lock. What fails is tried again at the next beat, from the same example on.
 */
export async function runFolds({
  signal,
  everyMs = 250,
  onProblem = () => {},
  ...options
}: RunFoldsOptions): Promise<void> {
  const { folds, limit = 1_000 } = options;
  while (!signal.aborted) {
    const began = Date.now();
    const waiting = await folds.behind().catch((error: unknown): string[] => {
      onProblem({ model: null, error });
      return [];
    });
    const foldNext = async () => {
      for (let model = waiting.shift(); model !== undefined; model = waiting.shift()) {
        try {
          let folded = limit;
          // A full step means that there may be more to catch up with.
          while (folded === limit && !signal.aborted) {
            folded = (await foldModel({ ...options, limit }, model))?.folded ?? 0;
          }
        } catch (error) {
          onProblem({ model, error });
        }
      }
    };
    // Side by side: a model whose champion is slow holds up itself only.
    await Promise.all(Array.from({ length: Math.min(MODELS_AT_ONCE, waiting.length) }, foldNext));
    await pause(Math.max(0, everyMs - (Date.now() - began)), signal);
  }
}

/** Waits, or until the signal. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => {});
