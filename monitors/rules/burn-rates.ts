/** How fast an error budget may burn before somebody hears of it. */
import type { AlertLevel } from './alert-rule.ts';

/** One alert: the budget burns this fast in a long window, and still does in a short one. */
export type BurnRate = Readonly<{
  level: AlertLevel;
  /** Times as fast as would use up the budget exactly at the end of the stretch. */
  rate: number;
  longMs: number;
  shortMs: number;
  /** What burns of the budget in the long window at this rate, 0 to 1. */
  share: number;
}>;

/**
 * The four of the SRE workbook: 14.4 times while 2 % of the budget burn, 6 while 5 % do, 3 and 1 while 10 % do. They are
 * meant for services that fail once in a thousand requests. A model that may be wrong 7 times in 100 cannot burn its
 * budget more than 14.3 times as fast, even if it is always wrong; so each rate is the same power of the highest one
 * there is: 1,000 ^ .386 = 14.4 for one in a thousand, 14.3 ^ .386 = 2.8 for 7 in 100.
 */
const levels = [
  { level: 'detected', power: Math.log(14.4) / Math.log(1000), share: 0.02 },
  { level: 'detected', power: Math.log(6) / Math.log(1000), share: 0.05 },
  { level: 'suspected', power: Math.log(3) / Math.log(1000), share: 0.1 },
  { level: 'suspected', power: 0, share: 0.1 },
] as const;

/** A short window says whether it is still going on. */
const SHORT = 1 / 12;
/** Fewer evaluations of the rules than that are no window. */
const LEAST_EVALUATIONS = 4;

/**
 * The burn rates of an objective, fastest first.
 *
 * @param atLeast the objective, more than 0 and less than 1
 * @param overMs the stretch that it is about
 * @param evaluationMs windows are whole multiples of it
 * @see Google, The Site Reliability Workbook (2018), chapter 5: multiwindow, multi-burn-rate alerts
 */
export function burnRates({
  atLeast,
  overMs,
  evaluationMs,
}: {
  atLeast: number;
  overMs: number;
  evaluationMs: number;
}): BurnRate[] {
  const highest = 1 / (1 - atLeast);
  const whole = (ms: number) => evaluationMs * Math.max(LEAST_EVALUATIONS, Math.round(ms / evaluationMs));
  return levels.map(({ level, power, share }) => {
    const rate = highest ** power;
    const longMs = Math.min(whole((share * overMs) / rate), whole(overMs));
    return { level, rate, longMs, shortMs: whole(SHORT * longMs), share };
  });
}
