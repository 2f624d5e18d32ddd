/**
 * Golden rows. `pinned`: a person says that they must stay true; each blocks, always. `sampled`: proven harm among them
 * blocks, unless triage says that the world has changed: then they are reported, so that a changed world cannot veto its
 * own fix.
 */
import { logEBelow, pairedBounds } from '../../statistics/sequential/paired-difference.ts';
import { pairsOf, type AnsweredRows } from './answered-rows.ts';
import { count, points, type Check } from './check.ts';

export type Golden = Readonly<{
  pinned: AnsweredRows | null;
  sampled: AnsweredRows | null;
  hasConceptDrift: boolean;
}>;

/** Where there are none. */
export const noGolden: Golden = { pinned: null, sampled: null, hasConceptDrift: false };

export function goldenChecks({ pinned, sampled, hasConceptDrift }: Golden, alpha: number): Check[] {
  return [
    ...(pinned === null ? [] : [pinnedCheck(pinned)]),
    ...(sampled === null ? [] : [sampledCheck(sampled, hasConceptDrift, alpha)]),
  ];
}

function pinnedCheck({ ours, rows }: AnsweredRows): Check {
  const right = ours.right.reduce((sum, one) => sum + one, 0);
  return {
    name: 'golden.pinned',
    value: right / rows.length,
    interval: null,
    bound: 1,
    result: right === rows.length ? 'pass' : 'fail',
    rows: rows.length,
    sentence: `${count(right)} of ${count(rows.length)} pinned cases are answered right.`,
  };
}

function sampledCheck(answered: AnsweredRows, hasConceptDrift: boolean, alpha: number): Check {
  const pairs = pairsOf(answered, answered.independent);
  const rows = answered.independent.length;
  const difference = (pairs.wins - pairs.losses) / rows;
  const isWorse = logEBelow(pairs, 0) >= -Math.log(alpha);
  const result = hasConceptDrift ? 'reported' : isWorse ? 'fail' : 'pass';
  const saying = isWorse ? 'the challenger is worse' : 'no harm is proven';
  const but = hasConceptDrift && isWorse ? '; the world has changed, so that they are only reported' : '';
  return {
    name: 'golden.sampled',
    value: difference,
    interval: pairedBounds(pairs, alpha),
    bound: 0,
    result,
    rows,
    sentence: `On ${count(rows)} old cases ${saying} (${points(difference)})${but}.`,
  };
}
