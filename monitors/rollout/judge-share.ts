/**
 * Is a share of something bad, errors or slow answers, no worse for the challenger? Anytime-valid, so it may be asked at
 * every look:
 *
 *     failed         it is refuted that θ ≤ max(atMost, θ_champion + margin), or that θ ≤ ½
 *     successful     at least minSamples on each side, and it is refuted that θ > θ_champion + within, or that θ > atMost
 *     inconclusive   otherwise, with what is missing
 *
 * `margin` is what is tolerated; `within` is how near to the champion it has to be shown to lie, which is never finer
 * than what minSamples can show at all. Both arms broken is no excuse: more than half is too much of anything.
 */
import { count } from '../../domain/count.ts';
import {
  differenceBounds,
  logEAboveBy,
  logEBelowBy,
  logEShareAbove,
  logEShareBelow,
  provableMargin,
  type Count,
} from '../../statistics/sequential/two-shares.ts';
import type { Check } from '../../domain/rollout.ts';
import { percentOf, pointsOf } from './evidence.ts';

export type ShareRules = Readonly<{
  /** How unlikely a refutation must be by chance, over all looks of the phase. */
  alpha: number;
  minSamples: number;
  margin: number;
  /** Tolerated whatever the champion does; 0 where nothing is. */
  atMost: number;
  within?: number | undefined;
}>;

export type ShareNames = Readonly<{
  check: string;
  /** What is counted: `errors`, `slow answers`. */
  events: string;
  /** Of what: `requests`. */
  trials: string;
  /** What they are called where no figure stands before them: `invalid answers`. */
  named?: string;
}>;

/** More than this is too much, whoever else does it. */
const HALF = 0.5;

/** How near to the champion a phase can ask for, with so few samples. */
export const withinOf = ({ within, margin, minSamples, alpha }: ShareRules): number =>
  within ?? Math.max(margin, provableMargin(minSamples, alpha));

export function judgeShare(
  { challenger, champion }: { challenger: Count; champion: Count },
  rules: ShareRules,
  { check, events, trials, named = events }: ShareNames,
): Check {
  const { alpha, minSamples, margin, atMost } = rules;
  const limit = -Math.log(alpha);
  const within = withinOf(rules);
  const missing = trialsToSettle({ challenger, champion }, rules);
  const band = {
    challenger,
    champion,
    ...differenceBounds(challenger, champion, alpha),
    bound: within,
    missing,
  };
  const seen = `${count(challenger.events)} ${events} in ${count(challenger.trials)} ${trials}, the champion ${count(champion.events)} in ${count(champion.trials)}`;
  const isWorse =
    logEAboveBy(challenger, champion, margin) >= limit && logEShareAbove(challenger, atMost) >= limit;
  if (isWorse || logEShareAbove(challenger, HALF) >= limit) {
    const tolerated = `${pointsOf(margin)} more than the champion's${atMost > 0 ? `, and ${percentOf(atMost)},` : ''}`;
    return {
      check,
      kind: 'failed',
      sentence: `Too many ${named}: ${seen}; ${tolerated} are tolerated.`,
      band,
    };
  }
  const least = Math.min(challenger.trials, champion.trials);
  if (least < minSamples)
    return {
      check,
      kind: 'inconclusive',
      sentence: `Too few ${trials} to judge ${named} by (${count(minSamples)} are needed on each side): ${seen}.`,
      band,
    };
  if (missing === 0) return { check, kind: 'successful', sentence: `${seen}.`, band };
  const more =
    missing === null ? '' : `, for which about ${count(missing)} more ${trials} on each side are missing`;
  return {
    check,
    kind: 'inconclusive',
    sentence: `Not clear yet: ${seen}; it may be up to ${pointsOf(band.high)} worse, and has to be shown to be ${pointsOf(within)} at most${more}.`,
    band,
  };
}

/** Further than this nobody can foretell. */
const AT_MOST_TIMES = 64;

/**
 * How many more trials on each side would settle it, if both arms go on as they have: the least stretch of what has been
 * counted that is settled. 0 where it is, null where no such stretch is.
 */
function trialsToSettle(arms: { challenger: Count; champion: Count }, rules: ShareRules): number | null {
  const { alpha, minSamples, atMost } = rules;
  const within = withinOf(rules);
  const limit = -Math.log(alpha);
  const least = Math.min(arms.challenger.trials, arms.champion.trials);
  const isSettled = (times: number): boolean => {
    const of = ({ events, trials }: Count): Count => ({ events: times * events, trials: times * trials });
    const [challenger, champion] = [of(arms.challenger), of(arms.champion)];
    return (
      logEBelowBy(challenger, champion, within) >= limit ||
      (atMost > 0 && logEShareBelow(challenger, atMost) >= limit)
    );
  };
  const tooFew = Math.max(0, minSamples - least);
  if (least === 0 || isSettled(1)) return tooFew;
  let [open, settled] = [1, 2];
  while (settled <= AT_MOST_TIMES && !isSettled(settled)) [open, settled] = [settled, 2 * settled];
  if (settled > AT_MOST_TIMES) return null;
  while ((settled - open) * least > 1) {
    const middle = (open + settled) / 2;
    if (isSettled(middle)) settled = middle;
    else open = middle;
  }
  return Math.max(tooFew, Math.ceil((settled - 1) * least));
}
