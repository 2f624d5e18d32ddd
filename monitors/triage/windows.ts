/**
 * Which rows are compared? Those of the champion since it took over, parted at the onset where regret says that something
 * has changed and the onset is clear; otherwise the newest `recentRows` (at most half of all) with those before them. An
 * onset that is searched for without a reason is found in any stream of errors.
 */
import { defaultPolicy } from '../../domain/policy/regret-policy.ts';
import type { RegretPolicy } from '../../domain/policy/regret-policy.ts';
import type { PolicyView } from '../../domain/ports.ts';
import { estimateOnset, isClear } from '../onset.ts';
import { onsetSeqOf } from '../policy/plan-training.ts';

export type WindowOptions = Readonly<{ recentRows: number; mostRows: number }>;

export const usualWindows: WindowOptions = { recentRows: 500, mostRows: 4_000 };

/** Both ends included; empty where `fromSeq` is beyond `toSeq`. */
export type Window = Readonly<{ fromSeq: number; toSeq: number }>;

export function windowsOf(
  view: Pick<PolicyView, 'labelled' | 'tookOverAtSeq' | 'errors' | 'regret'>,
  policy: Pick<RegretPolicy, 'price' | 'clearOnsetGain'> = defaultPolicy,
  { recentRows, mostRows }: WindowOptions = usualWindows,
): { before: Window; now: Window } {
  const { labelled, tookOverAtSeq, errors, regret } = view;
  const onset = regret < policy.price ? null : estimateOnset(errors);
  const recent = Math.min(recentRows, Math.floor((labelled - tookOverAtSeq) / 2));
  const nowSeq =
    onset !== null && isClear(onset, policy) ? onsetSeqOf(onset, tookOverAtSeq) : labelled - recent + 1;
  return {
    before: { fromSeq: Math.max(tookOverAtSeq + 1, nowSeq - mostRows), toSeq: nowSeq - 1 },
    now: { fromSeq: Math.max(nowSeq, labelled - mostRows + 1), toSeq: labelled },
  };
}
