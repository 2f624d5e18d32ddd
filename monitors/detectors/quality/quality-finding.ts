import { count } from '../../../domain/count.ts';
import type { FindingLevel } from '../../../domain/finding.ts';
import { binomialCdf } from '../../../statistics/distributions.ts';
import { checkCounts } from '../../../statistics/invalid-input.ts';
import { twoProportionZ } from '../../../statistics/proportions.ts';

export type QualityCheck =
  | 'missing'
  | 'out of range'
  | 'new category'
  | 'type change'
  | 'duplicates'
  | 'schema violations'
  | 'silence'
  | 'label delay';

/** What a check of data quality says: that something has broken, not that the world has changed. */
export type QualityFinding = Readonly<{
  check: QualityCheck;
  level: FindingLevel;
  /** One sentence with the numbers. */
  says: string;
}>;

/** So many of so many rows. */
export type Count = Readonly<{ hits: number; rows: number }>;

export type RiseOptions = Readonly<{
  /** The rise of a share, in points of 1, that is worth an alarm: effect before significance. */
  rise: number;
  /** How likely such a rise may be by chance. */
  alpha: number;
  /** Fewer rows say nothing. */
  leastRows: number;
}>;

export const usualRise: RiseOptions = { rise: 0.05, alpha: 0.001, leastRows: 50 };

/**
 * Has a share risen, by enough to matter and by more than chance explains? `suspected` from half of that rise on.
 *
 * @param then of the reference; its share may also be known by other means, as `expected`
 */
export function levelOfRise(
  then: Count,
  now: Count,
  { rise, alpha, leastRows }: RiseOptions = usualRise,
  expected?: number,
): FindingLevel {
  checkCounts('a rise', then.hits, then.rows);
  if (now.rows < leastRows) return 'unknown';
  checkCounts('a rise', now.hits, now.rows);
  const [before, after] = [expected ?? then.hits / then.rows, now.hits / now.rows];
  const p =
    expected === undefined
      ? oneSided(now, then)
      : 1 - binomialCdf(now.hits - 1, now.rows, Math.min(1, expected));
  if (after - before < rise / 2 || p >= alpha) return 'steady';
  return after - before >= rise ? 'detected' : 'suspected';
}

function oneSided(now: Count, then: Count): number {
  const { z, p } = twoProportionZ(
    { successes: now.hits, trials: now.rows },
    { successes: then.hits, trials: then.rows },
  );
  return z > 0 ? p / 2 : 1 - p / 2;
}

/** 12 % (120 of 1,000) */
export const sayShare = ({ hits, rows }: Count): string =>
  rows === 0
    ? 'no rows'
    : `${Number(((100 * hits) / rows).toPrecision(3))} % (${count(hits)} of ${count(rows)})`;
