/**
 * Is the champion as good as it was? Its errors before and now, and the interval of the rise between them:
 *
 *     worse    the rise is above 0 (one-sided, 99 %), or regret has reached its price
 *     intact   the rise is below `margin` (one-sided, 95 %), and regret has not reached its price
 *     unknown  neither is shown, or there are too few rows
 */
import { count } from '../../domain/count.ts';
import { rate, varianceOf } from './explained.ts';
import type { Count } from '../detectors/quality/quality-finding.ts';

export type PerformanceOptions = Readonly<{
  /** The rise of the error rate that one would not want to miss. Less takes more rows to be called intact. */
  margin: number;
  leastRows: number;
}>;

export const usualPerformance: PerformanceOptions = { margin: 0.05, leastRows: 50 };

export type Performance = Readonly<{ level: 'worse' | 'intact' | 'unknown'; says: string }>;

const [Z_95, Z_99] = [1.645, 2.326];

/** @param isPriced whether regret has reached the price of a training */
export function judgePerformance(
  before: Count,
  now: Count,
  isPriced: boolean,
  { margin, leastRows }: PerformanceOptions = usualPerformance,
): Performance {
  if (Math.min(before.rows, now.rows) < leastRows)
    return {
      level: isPriced ? 'worse' : 'unknown',
      says: `${count(now.rows)} labelled rows now and ${count(before.rows)} before say little of the champion's accuracy; it takes ${leastRows} of each.`,
    };
  const rise = rate(now) - rate(before);
  const deviation = Math.sqrt(varianceOf(before) + varianceOf(now));
  const says =
    `The champion errs on ${percent(rate(now))} of the newest ${count(now.rows)} labelled rows, ` +
    `and did on ${percent(rate(before))} of ${count(before.rows)} before.`;
  if (isPriced || rise - Z_99 * deviation > 0) return { level: 'worse', says };
  return { level: rise + Z_95 * deviation < margin ? 'intact' : 'unknown', says };
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
