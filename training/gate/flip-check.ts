/**
 * Negative flips: rows that the champion got right and the challenger gets wrong. People forgive a model its mistakes
 * more easily than new ones. The interval holds at every look.
 *
 * Source: S. Yan et al., "Positive-congruent training", CVPR (2021).
 */
import { pairedBounds, type Pairs } from '../../statistics/sequential/paired-difference.ts';
import type { Check } from './check.ts';
import { bounded } from './threshold-checks.ts';

export function flipCheck(
  pairs: Pairs,
  { flipsAtMost, alpha }: { flipsAtMost: number | undefined; alpha: number },
): Check | null {
  const rows = pairs.wins + pairs.losses + pairs.ties;
  if (rows === 0) return null;
  const { low, high } = pairedBounds({ wins: pairs.losses, losses: 0, ties: rows - pairs.losses }, alpha);
  const estimate = pairs.losses / rows;
  const what = 'the share of answers that were right and would be wrong';
  return bounded('flips', what, { estimate, low: Math.max(0, low), high }, flipsAtMost, 'most', rows);
}
