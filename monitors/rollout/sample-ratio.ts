/**
 * Are both arms as large as they were made? The first question of a canary: where the samples are not as they were
 * drawn, by retries, crashes, lost logs or a broken hash, nothing else that is counted of them can be trusted.
 *
 * The share of the challenger among both is tested against the share it was given, by the Dirichlet–multinomial
 * e-process (for two arms: Beta–binomial), at any look. Requests of one entity go together, so they are no independent
 * draws: where a model is sticky by entity, entities are counted, by each server those that it has met.
 *
 * Source: M. Lindon and A. Malek, "Anytime-valid inference for multinomial count data", NeurIPS (2022).
 */
import { count } from '../../domain/count.ts';
import { betaBinomialLogE } from '../../statistics/sequential/beta-binomial.ts';
import type { Check } from '../../domain/rollout.ts';
import { percentOf } from './evidence.ts';

/** Chance of a false alarm over all looks of a phase: it stops everything, so it has to be sure. */
export const SAMPLE_RATIO_ALPHA = 0.0005;

const check = 'sample ratio';

/** Two samples as they were counted. */
export type Split = Readonly<{
  challenger: number;
  baseline: number;
  /** The share of the challenger among both as it was drawn. */
  expected: number;
  /** What was drawn; `requests` where nothing is said. */
  of?: 'requests' | 'entities';
  /** How often one draw may have been counted; once where nothing is said. */
  repeats?: number;
}>;

export function judgeSampleRatio(
  { challenger, baseline, expected, of = 'requests', repeats = 1 }: Split,
  alpha: number = SAMPLE_RATIO_ALPHA,
): Check {
  const both = challenger + baseline;
  if (both === 0) return { check, kind: 'inconclusive', sentence: 'Nobody has asked anything yet.' };
  const share = challenger / both;
  const seen = `the challenger got ${percentOf(share)} of ${count(both)} ${of} of both samples, and ${percentOf(expected)} were meant for it`;
  return betaBinomialLogE(challenger, both, { p0: expected, repeats }) >= -Math.log(alpha)
    ? {
        check,
        kind: 'error',
        sentence: `The samples are not as they were drawn: ${seen}. Look for retries, crashes and lost requests; nothing is promoted on them.`,
      }
    : { check, kind: 'successful', sentence: `${seen}.` };
}
