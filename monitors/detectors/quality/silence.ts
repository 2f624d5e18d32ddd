/**
 * Has a stream (of predictions, of feedback) fallen silent?
 *
 * By its own habits: silence is suspected once it lasts longer than the longest gap of the reference, and detected beyond
 * `factor` times that. Nights and weekends are gaps of a reference that has some, so a rhythm needs no model; a reference
 * shorter than the rhythm will cry at the first night.
 */
import type { QualityFinding } from './quality-finding.ts';

export type SilenceOptions = Readonly<{
  /** More is later and surer. */
  factor: number;
  /** A reference with fewer events has no habits. */
  leastEvents: number;
}>;

/** @param times of events of the reference, in any order; @param lastAt null where none has come since */
export function findSilence(
  times: readonly number[],
  { lastAt, now }: { lastAt: number | null; now: number },
  { factor, leastEvents }: SilenceOptions = { factor: 2, leastEvents: 20 },
): QualityFinding {
  const sorted = times.toSorted((a, b) => a - b);
  const since = lastAt ?? sorted.at(-1);
  if (sorted.length < leastEvents || since === undefined)
    return {
      check: 'silence',
      level: 'unknown',
      says: `${sorted.length} events say nothing about gaps; it takes ${leastEvents}.`,
    };
  const longest = sorted.reduce((most, at, i) => (i === 0 ? 0 : Math.max(most, at - sorted[i - 1]!)), 0);
  const lasts = now - since;
  return {
    check: 'silence',
    level: lasts > factor * longest ? 'detected' : lasts > longest ? 'suspected' : 'steady',
    says: `Nothing has come for ${sayTime(lasts)}; the longest gap of the reference was ${sayTime(longest)}.`,
  };
}

const units = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
] as const;

/** In the largest unit that it has two of. */
export function sayTime(ms: number): string {
  const [unit, size] = units.find(([, size]) => ms >= 2 * size) ?? ['seconds', 1_000];
  return `${Number((ms / size).toPrecision(2))} ${unit}`;
}
