import type { ColumnProfile, ValueType } from './column-profile.ts';
import { levelOfRise, sayShare, usualRise } from './quality-finding.ts';
import type { QualityFinding, RiseOptions } from './quality-finding.ts';

/** Do values come as another type than they used to: numbers as text, for one? */
export function findTypeChange(
  then: ColumnProfile,
  now: ColumnProfile,
  options: RiseOptions = usualRise,
): QualityFinding {
  const usual = mostOf(then);
  if (usual === null) return { check: 'type change', level: 'unknown', says: 'The reference has no values.' };
  const [before, after] = [then, now].map((profile) => others(profile, usual)) as [Hits, Hits];
  const { number, text, boolean, other } = now.types;
  const newly = mostOf({ ...now, types: { number, text, boolean, other, [usual]: 0 } });
  return {
    check: 'type change',
    level: levelOfRise(before, after, options),
    says:
      after.hits === 0 || newly === null
        ? `Values are ${named[usual]}, as in the reference.`
        : `${sayShare(after)} are no ${named[usual]}, but mostly ${named[newly]}; in the reference ${sayShare(before)}.`,
  };
}

type Hits = { hits: number; rows: number };

const named: Readonly<Record<ValueType, string>> = {
  number: 'numbers',
  text: 'text',
  boolean: 'true or false',
  other: 'lists or objects',
};

function mostOf({ types }: Pick<ColumnProfile, 'types'>): ValueType | null {
  const [most] = (Object.entries(types) as [ValueType, number][]).sort(([, a], [, b]) => b - a);
  return most !== undefined && most[1] > 0 ? most[0] : null;
}

function others({ types }: ColumnProfile, usual: ValueType): Hits {
  const rows = Object.values(types).reduce((sum, count) => sum + count, 0);
  return { hits: rows - types[usual], rows };
}
