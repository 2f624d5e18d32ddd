/**
 * Are there categories that the reference has not, more often than rare ones turn up by chance?
 *
 * How often a category that was not among n rows comes next is about the number of those that were there once, over n:
 * that much is expected, and no alarm.
 *
 * Source: I. J. Good, "The population frequencies of species", Biometrika 40 (1953).
 */
import { levelOfRise, sayShare, usualRise } from './quality-finding.ts';
import type { QualityFinding, RiseOptions } from './quality-finding.ts';
import type { ColumnProfile } from './column-profile.ts';

/** More than so many names are not read. */
const MOST_NAMED = 5;

export function findNewCategories(
  then: ColumnProfile,
  now: ColumnProfile,
  options: RiseOptions = usualRise,
): QualityFinding {
  const { categories: known } = then;
  if (known === null || now.categories === null || then.types.text === 0)
    return {
      check: 'new category',
      level: 'unknown',
      says: 'The column is text, not one of a few categories.',
    };
  const unknown = Object.entries(now.categories)
    .filter(([name]) => !Object.hasOwn(known, name))
    .sort(([, a], [, b]) => b - a);
  const count = { hits: unknown.reduce((sum, [, rows]) => sum + rows, 0), rows: now.types.text };
  const once = Object.values(known).filter((rows) => rows === 1).length;
  const named = unknown.slice(0, MOST_NAMED).map(([name, rows]) => `"${name}" (${rows})`);
  const more = unknown.length - named.length;
  return {
    check: 'new category',
    level: levelOfRise(
      { hits: 0, rows: then.types.text },
      count,
      options,
      Math.max(1, once) / then.types.text,
    ),
    says:
      unknown.length === 0
        ? 'Every category is one of the reference.'
        : `${sayShare(count)} are of categories that the reference has not: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
  };
}
