/**
 * One held-out set that is asked again and again: truths and a champion's answers that stay as they are, and challengers
 * that are judged on them as in the product, by its budget, its ledger of looks and its gate.
 */
import { judgedOn, splitWornOut, usesOfRows } from '../../../activities/worn-out-rows.ts';
import { gateSchema } from '../../../domain/gate-config.ts';
import type { LookedAt } from '../../../domain/ports.ts';
import { classification } from '../../../domain/task.ts';
import { answeredRows } from '../../../training/gate/answered-rows.ts';
import { noGolden } from '../../../training/gate/golden-checks.ts';
import { judgeGate, type GateReport } from '../../../training/gate/judge-gate.ts';

const task = classification({ labels: ['yes', 'no'] });
const yes = { label: 'yes', scores: { yes: 1, no: 0 } };
const no = { label: 'no', scores: { yes: 0, no: 1 } };
const outputOf = (isYes: boolean) => (isYes ? yes : no);
const gate = gateSchema.parse({});

export type OneSet = Readonly<{
  /** What a gate says of a challenger that answers so. */
  ask(answers: readonly boolean[]): GateReport;
}>;

/** @param hasLedger without it every challenger is judged as if it were the first */
export function oneSet(
  truth: readonly boolean[],
  champion: readonly boolean[],
  { hasLedger }: { hasLedger: boolean },
): OneSet {
  const rows = truth.map((isYes, i) => ({
    predictionId: `p${i}`,
    seq: i + 1,
    label: outputOf(isYes).label,
    theirs: outputOf(champion[i]!),
  }));
  const ledger: LookedAt[] = [];
  let asked = 0;
  return {
    ask(answers) {
      asked += 1;
      const { fit, wornOut } = splitWornOut(rows, ledger, gate);
      const test = answeredRows(
        task,
        fit,
        fit.map(({ seq }) => outputOf(answers[seq - 1]!)),
        fit.map(({ theirs }) => theirs),
      );
      const use = 1 + judgedOn(ledger, fit).length;
      const wear = { rows: fit.length, uses: usesOfRows(fit, gate), wornOut: wornOut.length };
      const report = judgeGate({ test, evidence: test, golden: noGolden, artifact: null }, gate, {
        kind: 'strict',
        look: 1,
        seed: 1,
        ...(hasLedger ? { use, wear } : {}),
      });
      if (hasLedger && fit.length > 0)
        ledger.push({ challenger: `v${asked}`, fromSeq: fit[0]!.seq, toSeq: fit.at(-1)!.seq });
      return report;
    },
  };
}
