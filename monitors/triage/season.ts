/**
 * Season: does the champion err now as it did at these hours before? Within the last period, a day or a week, the onset of
 * the rise is sought, and rows are parted by the phase of the period. It explains the rise (explained.ts) if these phases
 * had most of it already, and in each of the earlier periods by itself: at least `periods` of them, in which the error
 * rate came at least half as high as now. So one bad Monday is no season, and neither is a change that came last week and
 * stayed.
 */
import { estimateOnset, isClear } from '../onset.ts';
import { rate, explainedBy } from './explained.ts';
import type { Stratum } from './explained.ts';
import { percent } from './performance.ts';

/** A labelled row: when it was predicted, and whether the champion erred. */
export type Moment = Readonly<{ atMs: number; isError: boolean }>;

export type SeasonOptions = Readonly<{
  /** Earlier periods that have to show it. More is later and surer. */
  periods: number;
  /** A period with fewer rows at these phases shows nothing. */
  leastRows: number;
}>;

export const usualSeason: SeasonOptions = { periods: 2, leastRows: 20 };

export type Season = Readonly<{ isExplanation: boolean; says: string }>;

const HOUR_MS = 3_600_000;
/** A day by hours, a week by thirds of a day. */
const cycles = [
  { name: 'day', ms: 24 * HOUR_MS, phases: 24 },
  { name: 'week', ms: 168 * HOUR_MS, phases: 21 },
] as const;
type Cycle = (typeof cycles)[number];

/** @param rows of one champion, oldest first */
export function findSeason(rows: readonly Moment[], options: SeasonOptions = usualSeason): Season {
  for (const cycle of cycles) {
    const season = seasonOf(cycle, rows, options);
    if (season !== null) return { isExplanation: true, says: season };
  }
  return { isExplanation: false, says: 'It did not err more at these hours of earlier days or weeks.' };
}

function seasonOf(
  cycle: Cycle,
  rows: readonly Moment[],
  { periods, leastRows }: SeasonOptions,
): string | null {
  const endMs = rows.reduce((most, { atMs }) => Math.max(most, atMs), -Infinity);
  const last = rows.filter(({ atMs }) => atMs > endMs - cycle.ms);
  const onset = estimateOnset(last.map(({ isError }) => isError));
  if (onset === null || !isClear(onset)) return null;
  const now = last.slice(onset.index);
  const startMs = now.reduce((least, { atMs }) => Math.min(least, atMs), Infinity);
  const before = rows.filter(({ atMs }) => atMs < startMs);
  const strata = Array.from({ length: cycle.phases }, emptyStratum);
  for (const [rows, side] of [
    [before, 'before'],
    [now, 'now'],
  ] as const)
    for (const { atMs, isError } of rows) add(strata[phaseOf(cycle, atMs)]![side], isError);
  const explained = explainedBy(strata);
  if (explained?.isExplained !== true) return null;

  const high = (explained.before + explained.now) / 2;
  const earlier = new Map<number, { hits: number; rows: number }>();
  for (const { atMs, isError } of before) {
    if (strata[phaseOf(cycle, atMs)]!.now.rows === 0) continue;
    // Periods are counted back from the middle of now, so that none is cut in two at these phases.
    const ago = Math.round(((startMs + endMs) / 2 - atMs) / cycle.ms);
    const count = earlier.get(ago) ?? { hits: 0, rows: 0 };
    add(count, isError);
    earlier.set(ago, count);
  }
  const shown = [...earlier].filter(([ago, { rows }]) => ago > 0 && rows >= leastRows);
  if (shown.length < periods || shown.some(([, count]) => rate(count) < high)) return null;
  return (
    `At these hours of the ${cycle.name} the champion erred as often before: on ${percent(explained.expected)} of such rows ` +
    `in ${shown.length} earlier ${cycle.name}s, now on ${percent(explained.now)}, at all hours on ${percent(explained.before)}.`
  );
}

type Counting = { [side in keyof Stratum]: { hits: number; rows: number } };
const emptyStratum = (): Counting => ({ before: { hits: 0, rows: 0 }, now: { hits: 0, rows: 0 } });

function add(count: { hits: number; rows: number }, isError: boolean): void {
  count.rows += 1;
  count.hits += isError ? 1 : 0;
}

function phaseOf({ ms, phases }: Cycle, atMs: number): number {
  const within = ((atMs % ms) + ms) % ms;
  return Math.min(phases - 1, Math.floor((within / ms) * phases));
}
