import { lastFiring } from './cron.ts';
import { milliseconds } from './duration.ts';
import type { Freeze } from './rollout-config.ts';

/** Why nothing moves forward at this time, as a sentence with its end; null where nothing is frozen. */
export function sayFrozen(freezes: readonly Freeze[], nowMs: number): string | null {
  const ends = freezes
    .map((freeze) => ({ endMs: endOf(freeze, nowMs), because: freeze.because }))
    .filter((open): open is { endMs: number; because: string | undefined } => open.endMs !== null)
    .toSorted((a, b) => b.endMs - a.endMs);
  const last = ends[0];
  if (last === undefined) return null;
  const why = last.because === undefined ? '' : `: ${last.because}`;
  return `Nothing moves forward until ${new Date(last.endMs).toISOString()}${why}. Withdrawals go on.`;
}

/** When a freeze that is on at this time ends; null where it is not. */
function endOf({ cron, duration, from, to }: Freeze, nowMs: number): number | null {
  if (cron !== undefined && duration !== undefined) {
    const lastsMs = milliseconds(duration);
    const began = lastFiring(cron, nowMs, lastsMs);
    return began === null ? null : began + lastsMs;
  }
  if (from === undefined || to === undefined) return null;
  return Date.parse(from) <= nowMs && nowMs < Date.parse(to) ? Date.parse(to) : null;
}
