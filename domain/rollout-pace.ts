import type { OnTrial, RolloutTimes, Stage } from './rollout.ts';

/** How long the phases of a rollout last, and when it is looked at. */

/** How long a phase lasts at least. */
export const lastsMs = ({ phase }: Stage, times: RolloutTimes): number =>
  phase === 'shadow' ? times.shadowMs : phase === 'canary' ? times.stepMs : times.bakeMs;

/** An overdue phase is looked at every twentieth of its age: soon at first, and not for ever every minute. */
const LOOKS_A_DOUBLING = 20;

/** How long until the next look. */
export function waitMs(
  { sinceMs, waitsSinceMs }: { sinceMs: number; waitsSinceMs: number },
  current: OnTrial,
  times: RolloutTimes,
  nowMs: number,
): number {
  const stageMs = lastsMs(current, times);
  const ageMs = nowMs - sinceMs;
  const { everyMs } = times;
  if (ageMs < stageMs) return Math.min(everyMs, stageMs - ageMs);
  // What cannot be read is asked for as often as ever, so that it goes on as soon as it can be.
  if (current.errors > 0) return everyMs;
  const leftMs = waitsSinceMs + stageMs + times.inconclusiveAtMostMs - nowMs;
  const restMs = Math.max(everyMs, Math.min(ageMs / LOOKS_A_DOUBLING, times.stepMs));
  return leftMs > 0 ? Math.min(restMs, leftMs) : restMs;
}
