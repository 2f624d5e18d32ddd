/**
 * Golden rows. `pinned`: a person says that they must stay true; each blocks, always. `sampled`: proven harm among them
 * blocks, unless triage says that the world has changed: then they are reported, so that a changed world cannot veto its
 * own fix. A challenger that has learnt from any of them answers by heart, and is not promoted, however it came about.
 */
import { count } from '../../domain/count.ts';
import type { Pairs } from '../../statistics/sequential/paired-difference.ts';
import { logEBelow, pairedBounds } from '../../statistics/sequential/paired-difference.ts';
import { pairsOf, type AnsweredRows } from './answered-rows.ts';
import { sumOf } from './label-sources.ts';
import { points, type Check } from './check.ts';

export type Golden = Readonly<{
  pinned: AnsweredRows | null;
  sampled: AnsweredRows | null;
  hasConceptDrift: boolean;
  /** Golden rows that the config has left behind: a label or a feature of theirs is not declared any more. */
  unfit: number;
  /** How many of them the challenger has learnt from, and whether all is known that it has; null where there are none. */
  learnt: Readonly<{ rows: number; isWhole: boolean }> | null;
}>;

/** Where there are none. */
export const noGolden: Golden = {
  pinned: null,
  sampled: null,
  hasConceptDrift: false,
  unfit: 0,
  learnt: null,
};

/**
 * How they fell, all that say what is true now: sampled ones do not where the world has changed. Null without any.
 */
export function goldenPairs({ pinned, sampled, hasConceptDrift }: Golden): Pairs | null {
  const parts = [pinned, hasConceptDrift ? null : sampled].filter((part) => part !== null);
  return parts.length === 0 ? null : sumOf(parts.map((part) => pairsOf(part, part.independent)));
}

/** What α an interval may spend on rows that have judged others before; proven harm blocks at all of α, however often. */
type Spending = Readonly<{ alpha: number; alphaOfUse: number }>;

export function goldenChecks(golden: Golden, spending: Spending): Check[] {
  const { pinned, sampled, hasConceptDrift, unfit, learnt } = golden;
  return [
    ...(learnt === null ? [] : [lineageCheck(learnt)]),
    ...(unfit === 0 ? [] : [unfitCheck(unfit)]),
    ...(pinned === null ? [] : [pinnedCheck(pinned)]),
    ...(sampled === null ? [] : [sampledCheck(sampled, hasConceptDrift, spending)]),
  ];
}

function lineageCheck({ rows, isWhole }: { rows: number; isWhole: boolean }): Check {
  const same = { name: 'golden.lineage', value: rows, interval: null, bound: 0, side: 'most', rows } as const;
  if (rows > 0)
    return {
      ...same,
      result: 'fail',
      code: 'DL_GOLDEN_LEARNT',
      sentence:
        `The challenger has learnt from ${count(rows)} golden ${rows === 1 ? 'row' : 'rows'}, which it answers by heart: ` +
        'train it without them, from scratch where what it began from knew them, or retire them.',
    };
  return isWhole
    ? { ...same, result: 'pass', sentence: 'No golden row is among what the challenger has learnt from.' }
    : {
        ...same,
        result: 'reported',
        sentence:
          'No golden row is among what is known of the challenger’s lessons; something that it began from came without a list of them.',
      };
}

const unfitCheck = (unfit: number): Check => ({
  name: 'golden.unfit',
  value: unfit,
  interval: null,
  bound: 0,
  side: 'most',
  result: 'fail',
  rows: unfit,
  code: 'DL_GOLDEN_UNFIT',
  sentence: `${count(unfit)} golden ${unfit === 1 ? 'row has' : 'rows have'} labels or features that the config does not declare any more: retire them, or declare what they need.`,
});

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

function sampledCheck(
  answered: AnsweredRows,
  hasConceptDrift: boolean,
  { alpha, alphaOfUse }: Spending,
): Check {
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
    interval: pairedBounds(pairs, alphaOfUse),
    bound: 0,
    result,
    rows,
    sentence: `On ${count(rows)} old cases ${saying} (${points(difference)})${but}.`,
  };
}
