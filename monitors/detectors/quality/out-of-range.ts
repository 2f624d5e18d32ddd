/**
 * Do numbers lie outside the range of the reference, more often than a few do by chance?
 *
 * Of m further values of the same distribution, the share beyond the lowest and the highest of n is 2/(n + 1) on average,
 * whatever the distribution: that much is expected, and no alarm.
 *
 * Source: S. S. Wilks, "Determination of sample sizes for setting tolerance limits", Ann. Math. Stat. 12 (1941).
 */
import { levelOfRise, sayShare, usualRise } from './quality-finding.ts';
import type { QualityFinding, RiseOptions } from './quality-finding.ts';
import type { ColumnProfile } from './column-profile.ts';

export function findOutOfRange(
  then: ColumnProfile,
  values: ArrayLike<number>,
  options: RiseOptions = usualRise,
): QualityFinding {
  const numbers = then.types.number;
  const { range } = then;
  if (range === null)
    return { check: 'out of range', level: 'unknown', says: 'The reference has no numbers.' };
  let [hits, farthest] = [0, NaN];
  const beyond = (x: number) => Math.max(range.low - x, x - range.high);
  for (let i = 0; i < values.length; i += 1) {
    if (!(beyond(values[i]!) > 0)) continue;
    hits += 1;
    if (!(beyond(farthest) >= beyond(values[i]!))) farthest = values[i]!;
  }
  const now = { hits, rows: values.length };
  return {
    check: 'out of range',
    level: levelOfRise({ hits: 0, rows: numbers }, now, options, 2 / (numbers + 1)),
    says:
      `${sayShare(now)} lie outside ${range.low} to ${range.high}` +
      (hits > 0 ? `, the farthest at ${farthest}.` : '.'),
  };
}
