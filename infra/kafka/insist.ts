import { setTimeout } from 'node:timers/promises';
import { DriftloopError } from '../../domain/errors.ts';

export type Insistence = {
  signal: AbortSignal;
  /** Hears of every failure that will be tried again. */
  onFailure: (error: unknown, waitMs: number) => void;
  /** Called while it waits, at least this often; what it throws ends the waiting. */
  meanwhile?: () => Promise<void>;
  beatMs?: number;
  firstWaitMs?: number;
  maxWaitMs?: number;
};

/**
 * Tries until it works: a service that is away comes back, and what was not done then is done then. Only an error of
 * ours that trying again cannot cure ends it, or the signal.
 */
export async function insist<T>(
  work: () => Promise<T>,
  {
    signal,
    onFailure,
    meanwhile = async () => {},
    beatMs = 2_000,
    firstWaitMs = 100,
    maxWaitMs = 5_000,
  }: Insistence,
): Promise<T> {
  for (let wait = firstWaitMs; ; wait = Math.min(maxWaitMs, wait * 2)) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || (error instanceof DriftloopError && !error.retryable)) throw error;
      onFailure(error, wait);
    }
    for (let left = wait; left > 0; left -= beatMs) {
      await pause(Math.min(left, beatMs), signal);
      signal.throwIfAborted();
      await meanwhile();
    }
  }
}

/** Waits, or until the signal. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => {});
