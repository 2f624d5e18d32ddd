import type { ColumnProfile } from './column-profile.ts';
import { levelOfRise, sayShare, usualRise } from './quality-finding.ts';
import type { QualityFinding, RiseOptions } from './quality-finding.ts';

/** Is a column missing in more rows than it used to be? */
export function findMissing(
  then: ColumnProfile,
  now: ColumnProfile,
  options: RiseOptions = usualRise,
): QualityFinding {
  const [before, after] = [then, now].map(({ missing, rows }) => ({ hits: missing, rows })) as [Hits, Hits];
  return {
    check: 'missing',
    level: levelOfRise(before, after, options),
    says: `Missing in ${sayShare(after)}, in the reference in ${sayShare(before)}.`,
  };
}

type Hits = { hits: number; rows: number };
