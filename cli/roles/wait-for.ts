import pRetry from 'p-retry';
import { ourError } from '../../domain/errors.ts';
import type { DriftloopError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log-events.ts';

/**
 * Does the work as soon as what it needs is there. A service that is away is waited for, for as long as it takes; what
 * trying again cannot cure is thrown.
 */
export type WaitFor = <T>(
  what: string,
  work: () => Promise<T>,
  /** False: the role does its duty without it, and is ready. */
  options?: { isNeeded?: boolean },
) => Promise<T>;

export type Missing = { what: string; code: string; message: string; fix: string };

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 3_000;

/** How a role waits while it starts. It says once what it misses, and once that it is there. */
export function createWaiting(log: Log, signal: AbortSignal): { waitFor: WaitFor; missing(): Missing[] } {
  const problems = new Map<string, DriftloopError>();
  const needed = new Set<string>();
  return {
    async waitFor(what, work, { isNeeded = true } = {}) {
      const began = Date.now();
      if (isNeeded) needed.add(what);
      const done = await pRetry(work, {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: FIRST_WAIT_MS,
        maxTimeout: LONGEST_WAIT_MS,
        signal,
        shouldRetry: ({ error }) => ourError(error)?.retryable ?? false,
        onFailedAttempt({ error }) {
          const problem = ourError(error);
          if (problem === null || !problem.retryable) return;
          const isNews = problems.get(what)?.code !== problem.code;
          problems.set(what, problem);
          const { code, message, fix } = problem;
          if (isNews) log.warn({ what, code, problem: message, fix }, 'a service is away; waiting');
        },
      });
      if (problems.delete(what))
        log.info({ what, seconds: Math.round((Date.now() - began) / 100) / 10 }, 'a service is there');
      return done;
    },
    /** What is waited for now and needed, each with its reason; empty when nothing is missing. */
    missing: () =>
      [...problems].flatMap(([what, { code, message, fix }]) =>
        needed.has(what) ? [{ what, code, message, fix }] : [],
      ),
  };
}
