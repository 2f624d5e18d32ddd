/**
 * Quality by labels as they arrive: every newly labelled row is scored by both versions, and an e-process runs on the rows
 * that only one of them got right. It may be looked at after every row.
 *
 *     failed         it is refuted that the challenger is right at most `margin` less often
 *     successful     at least minLabels rows, and it is refuted that it is right more than `within` less often
 *     inconclusive   otherwise, with how many more labels would settle it
 */
import { count } from '../../domain/count.ts';
import { labelsToSettle } from '../../statistics/sequential/labels-to-settle.ts';
import {
  logEAbove,
  logEBelow,
  pairedBounds,
  type Pairs,
} from '../../statistics/sequential/paired-difference.ts';
import type { Check } from '../../domain/rollout.ts';
import { pointsOf } from './evidence.ts';

export type QualityRules = Readonly<{
  alpha: number;
  minLabels: number;
  margin: number;
  within?: number | undefined;
}>;

const check = 'quality';

export function judgeQuality(pairs: Pairs, rules: QualityRules): Check {
  const { wins, losses, ties } = pairs;
  const { alpha, minLabels, margin } = rules;
  const limit = -Math.log(alpha);
  const rows = wins + losses + ties;
  const seen = `of ${count(rows)} rows whose labels have come only the challenger got ${count(wins)} right, and only the champion ${count(losses)}`;
  const within = qualityWithin(rules);
  const { low, high } = pairedBounds(pairs, alpha);
  const isNear = logEAbove(pairs, -within) >= limit;
  const more = isNear ? 0 : labelsToSettle({ wins, losses, rows, alpha, above: -within });
  const tooFew = Math.max(0, minLabels - rows);
  const band = {
    challenger: { events: losses, trials: rows },
    champion: { events: wins, trials: rows },
    low: -high,
    high: -low,
    bound: within,
    missing: rows === 0 ? tooFew : more === null ? null : Math.max(tooFew, more),
  };
  if (logEBelow(pairs, -margin) >= limit)
    return {
      check,
      kind: 'failed',
      sentence: `Its answers are worse: ${seen}; ${pointsOf(margin)} are tolerated.`,
      band,
    };
  if (rows < minLabels)
    return {
      check,
      kind: 'inconclusive',
      sentence: `${count(minLabels - rows)} more labels are missing to judge quality by: ${seen}.`,
      band,
    };
  if (isNear) return { check, kind: 'successful', sentence: `${seen}.`, band };
  const missing = more === null ? 'more labels than can be foretold' : `about ${count(more)} more labels`;
  return {
    check,
    kind: 'inconclusive',
    sentence: `Not clear yet: ${seen}; it may be up to ${pointsOf(-low)} worse, and has to be shown to be ${pointsOf(within)} at most, for which ${missing} are missing.`,
    band,
  };
}

/** Never finer than what minLabels rows can show on which both say the same. */
function qualityWithin({ within, margin, minLabels, alpha }: QualityRules): number {
  if (within !== undefined) return within;
  const { low } = pairedBounds({ wins: 0, losses: 0, ties: minLabels }, alpha);
  return Math.min(0.99, Math.max(margin, -low));
}
