import type { RequestFailed } from './request-failed.ts';

/** The first pause, in ms; each further one is twice as long. */
const FIRST_PAUSE_MS = 100;

/**
 * How long to wait before a failed request is sent again, in ms; null where it is not. As long as the server asks, and
 * a random part of a pause that doubles: clients that failed together do not come back together. Where the server asks
 * for more than the longest pause, earlier would be of no use.
 *
 * `attempt` counts from 0, `chance` is uniform in [0, 1). Source: "full jitter", M. Brooker, AWS Architecture Blog (2015).
 */
export function pauseBefore(
  attempt: number,
  { retryable, retryAfterMs }: Pick<RequestFailed, 'retryable' | 'retryAfterMs'>,
  { retries, maxPauseMs, chance }: { retries: number; maxPauseMs: number; chance: number },
): number | null {
  if (!retryable || attempt >= retries) return null;
  if ((retryAfterMs ?? 0) > maxPauseMs) return null;
  return (retryAfterMs ?? 0) + chance * Math.min(maxPauseMs, FIRST_PAUSE_MS * 2 ** attempt);
}
