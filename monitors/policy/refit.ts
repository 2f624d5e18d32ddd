/**
 * Growth refit: a challenger that was trained soon after a change has seen little of the new regime. When it is
 * promoted, one more training is planned for the moment when the rows since onset have grown by `growth` (4), while
 * that many rows are at most `growthMaxRows` (8,000). An earlier version that is reused plans none.
 */
import { defaultPolicy, type RegretPolicy } from '../../domain/policy/regret-policy.ts';

/** `seq`: position of a labelled example in the order in which the labels became known, from 1. */
export type PlannedRefit = Readonly<{ onsetSeq: number; atSeq: number }>;

/** The refit that a promotion brings; `null` when the regime is old enough. `trainedAtSeq`: end of its window. */
export function planRefit(
  { onsetSeq, trainedAtSeq }: { onsetSeq: number; trainedAtSeq: number },
  { growth, growthMaxRows }: Pick<RegretPolicy, 'growth' | 'growthMaxRows'> = defaultPolicy,
): PlannedRefit | null {
  const grown = growth * (trainedAtSeq - onsetSeq + 1);
  return grown > 0 && grown <= growthMaxRows ? { onsetSeq, atSeq: onsetSeq - 1 + grown } : null;
}

export const isRefitDue = (refit: PlannedRefit | null, labelled: number): refit is PlannedRefit =>
  refit !== null && labelled >= refit.atSeq;
