/** What can be done about a verdict that is no promotion: for whoever asked on a command line, or by a program. */
import { count } from '../../domain/count.ts';
import { errorCodes } from '../../domain/error-codes.ts';
import type { Check } from './check.ts';
import type { GateReport } from './judge-gate.ts';

/** Null for a promotion, and where the challenger is simply worse. The first check is the main question. */
export function fixOfVerdict({ verdict, labelsNeeded, checks }: GateReport): string | null {
  if (verdict.kind === 'promote') return null;
  if (verdict.code !== undefined) return errorCodes[verdict.code].fix;
  if (verdict.kind === 'hold')
    return labelsNeeded === null
      ? 'Give more labelled rows; how many would settle it cannot be foreseen.'
      : `Give about ${count(labelsNeeded)} more labelled rows.`;
  if (verdict.by !== 'guardrail') return null;
  const [, ...beside] = checks;
  const broken = beside.find(({ result }) => result === 'fail');
  return broken === undefined ? null : fixOfCheck(broken);
}

/** By the first word of what is broken, as checks are named. */
function fixOfCheck({ name }: Check): string {
  const [kind] = name.split(/[.:]/);
  switch (kind) {
    case 'slice':
      return 'Train with more rows of that slice, or leave it out of gate.slices where harm there does not count.';
    case 'golden':
      return 'Train a version that answers them, or retire those that are not true any more.';
    case 'artifact':
      return 'Make the version smaller, or raise gate.artifact.';
    case 'flips':
      return 'Train a version that keeps what was right, or raise gate.flipsAtMost.';
    case 'fairness':
      return 'Train with more rows of the group that is answered worst, or raise gapAtMost in gate.fairness.';
    default:
      return 'Train a version that keeps this bound, or change it in gate.thresholds or gate.accuracyAtLeast.';
  }
}
