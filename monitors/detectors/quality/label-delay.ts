/**
 * Do labels come later than they used to?
 *
 * The delays of labels that have come are no answer: those of the newest rows can only be short. So rows are asked that
 * are old enough: of those at least `horizon` old, how many had their label within it? The horizon is the time within
 * which the share `within` of the reference's labels came. Labels that never come count as late, as they should.
 */
import { levelOfRise, sayShare } from './quality-finding.ts';
import type { QualityFinding, RiseOptions } from './quality-finding.ts';
import { sayTime } from './silence.ts';

/** How old a prediction is, and how long its label took; null while it has none. */
export type Waiting = Readonly<{ ageMs: number; delayMs: number | null }>;

export type LabelDelayOptions = RiseOptions & Readonly<{ within: number }>;

export const usualDelay: LabelDelayOptions = { rise: 0.1, alpha: 0.001, leastRows: 50, within: 0.8 };

export function findLabelDelay(
  then: readonly Waiting[],
  now: readonly Waiting[],
  { within, ...options }: LabelDelayOptions = usualDelay,
): QualityFinding {
  const delays = then.flatMap(({ delayMs }) => (delayMs === null ? [] : [delayMs])).sort((a, b) => a - b);
  if (delays.length < options.leastRows)
    return {
      check: 'label delay',
      level: 'unknown',
      says: `${delays.length} labels say nothing about delays; it takes ${options.leastRows}.`,
    };
  const horizon = delays[Math.min(delays.length - 1, Math.ceil(within * delays.length) - 1)]!;
  const late = (rows: readonly Waiting[]) => {
    const old = rows.filter(({ ageMs }) => ageMs >= horizon);
    return {
      hits: old.filter(({ delayMs }) => delayMs === null || delayMs > horizon).length,
      rows: old.length,
    };
  };
  const [before, after] = [late(then), late(now)];
  return {
    check: 'label delay',
    level: before.rows === 0 ? 'unknown' : levelOfRise(before, after, options),
    says: `${sayShare(after)} had no label within ${sayTime(horizon)}, in the reference ${sayShare(before)}.`,
  };
}
