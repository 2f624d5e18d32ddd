/** What the rows show that decide which of two versions is better: fewer than were tested, where some may prove nothing. */
import { accuracyBySlice, type SliceAccuracy } from '../evaluate-slices.ts';
import { pairsOf, pickRows, type AnsweredRows } from './answered-rows.ts';

/** Rows on which the champion was caught erring cannot prove that it errs: there only fresh rows count. */
export const isFreshOnly = ({
  kind,
  isChosenByErrors,
}: {
  kind: string;
  isChosenByErrors: boolean;
}): boolean => isChosenByErrors || kind === 'patient';

/** Accuracies of both (0–1) on those rows, in all and slice by slice, and on how many only one of them was right. */
export type Proof = Readonly<{
  rows: number;
  wins: number;
  losses: number;
  challenger: number;
  champion: number;
  slices: readonly SliceAccuracy[];
}>;

/** Null without rows. One row of each entity, as the gate counts them. */
export function proofOf(evidence: AnsweredRows, features: readonly string[]): Proof | null {
  const { rows, ours, theirs } = pickRows(evidence, evidence.independent);
  if (rows.length === 0) return null;
  const { wins, losses } = pairsOf(evidence, evidence.independent);
  return {
    rows: rows.length,
    wins,
    losses,
    challenger: shareOf(ours.right),
    champion: shareOf(theirs.right),
    slices: accuracyBySlice(rows, ours.right, theirs.right, { features, confidence: 0.95 }),
  };
}

const shareOf = (right: Uint8Array): number => right.reduce((sum, one) => sum + one, 0) / right.length;
