/**
 * Test rows that a version has learnt from are answered by heart: they prove nothing of it, and against whoever has not
 * learnt them they prove too much. A loop leaves such rows out of the test; offline, where somebody names the file, what
 * stands beside a version says which rows it has learnt from.
 *
 * Rows of a few categories meet by chance, as the rows that were learnt and those that test meet each other. So as many
 * may be met as three standard deviations of that allow: where rows never meet each other, none.
 */
import { count } from '../../domain/count.ts';
import type { Check } from './check.ts';

/** What is known of a version's lessons, and how many test rows are among them. */
export type MetLessons = Readonly<{ met: number; isWhole: boolean; byChance: number }>;

/** Both versions at the same test rows. */
export type TestLineage = Readonly<{ rows: number; challenger: MetLessons; champion: MetLessons }>;

const DEVIATIONS = 3;

export const lineageChecks = ({ rows, challenger, champion }: TestLineage): Check[] => [
  lineageCheck('challenger', challenger, rows),
  lineageCheck('champion', champion, rows),
];

function lineageCheck(
  whose: 'challenger' | 'champion',
  { met, isWhole, byChance }: MetLessons,
  rows: number,
): Check {
  const expected = rows * byChance;
  const bound = Math.floor(expected + DEVIATIONS * Math.sqrt(expected * (1 - byChance)));
  const same = { name: `lineage.${whose}`, value: met, interval: null, bound, side: 'most', rows } as const;
  const of = `${count(met)} of the ${count(rows)} test rows`;
  if (met > bound)
    return {
      ...same,
      result: 'hold',
      blind: 'everything',
      code: 'DL_TEST_LEAKED',
      sentence:
        `The ${whose} has learnt from ${of}, which it answers by heart` +
        `${bound === 0 ? '' : `, where chance explains ${count(bound)}`}: test on rows that neither has learnt from.`,
      labelsNeeded: met,
    };
  if (met > 0)
    return {
      ...same,
      result: isWhole ? 'pass' : 'reported',
      sentence: `The ${whose} has learnt from rows like ${of}: no more than meet by chance.`,
    };
  return isWhole
    ? { ...same, result: 'pass', sentence: `No test row is among what the ${whose} has learnt from.` }
    : {
        ...same,
        result: 'reported',
        sentence: `Whether the ${whose} has learnt from test rows is not known: it, or what it began from, came without a whole list of its lessons.`,
      };
}
