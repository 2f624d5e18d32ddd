import { levelOfRise, sayShare, usualRise } from './quality-finding.ts';
import type { Count, QualityFinding, RiseOptions } from './quality-finding.ts';

/** Rows that are the same as one that came before, by a key of the caller's: the whole row, or its id. */
export function countDuplicates(keys: Iterable<string>): Count {
  const seen = new Set<string>();
  let rows = 0;
  for (const key of keys) {
    rows += 1;
    seen.add(key);
  }
  return { hits: rows - seen.size, rows };
}

/** Do more rows come twice than used to? A producer that sends again, or a join that multiplies. */
export const findDuplicates = (
  then: Count,
  now: Count,
  options: RiseOptions = usualRise,
): QualityFinding => ({
  check: 'duplicates',
  level: levelOfRise(then, now, options),
  says: `${sayShare(now)} have come before, in the reference ${sayShare(then)}.`,
});

/** Are more messages refused than used to be? A producer that has changed what it sends. */
export const findSchemaViolations = (
  then: Count,
  now: Count,
  options: RiseOptions = usualRise,
): QualityFinding => ({
  check: 'schema violations',
  level: levelOfRise(then, now, options),
  says: `${sayShare(now)} were refused, in the reference ${sayShare(then)}.`,
});
