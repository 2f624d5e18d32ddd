import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import type { RegretPolicy } from '../domain/policy/regret-policy.ts';
import type { PolicyView } from '../domain/ports.ts';
import type { Trigger } from '../domain/run.ts';
import type { GateKind } from '../domain/verdict.ts';
import { estimateOnset, isClear } from '../monitors/onset.ts';
import { planTraining } from '../monitors/policy/plan-training.ts';
import type { Ports } from './ports.ts';

export type RunPlan =
  | {
      kind: 'train';
      champion: string;
      fromSeq: number;
      cutSeq: number;
      /** First row of the new regime; a growth refit counts from here. */
      onsetSeq: number;
      /** Whether the rows were chosen because the champion erred on them: then they prove nothing about it. */
      isChosenByErrors: boolean;
      isRefit: boolean;
      gate: GateKind;
      sentence: string;
    }
  /** Look again when the newest label is at `untilSeq`. */
  | { kind: 'wait'; because: 'gap' | 'onset' | 'rows'; labelled: number; untilSeq: number; sentence: string }
  | { kind: 'obsolete'; sentence: string };

/** Decides with the pure policy on what a run trains, or for what it waits. */
export const createPlanActivities = ({ models, examples }: Pick<Ports, 'models' | 'examples'>) => ({
  /** Plans anew from what is known now. Safe to repeat: it only reads. */
  async planRun(run: { model: string; configDigest: string; trigger: Trigger }): Promise<RunPlan> {
    const { model, configDigest, trigger } = run;
    const policy = regretPolicyOf(await models.getPinned(model, configDigest));
    return planFor(trigger, await examples.policyView(model), policy);
  },
});

/** Who asked for a run by hand or by the clock need not show regret, and need not wait for the gap. */
const isOrdered = ({ kind }: Trigger) => kind === 'manual' || kind === 'schedule' || kind === 'volume';

/** Patient where the champion is known to be bad; a finding of another kind knows it once regret has its price. */
export const gateKindOf = (trigger: Trigger, regret: number, { price }: RegretPolicy): GateKind =>
  trigger.kind === 'regret' || (!isOrdered(trigger) && regret >= price) ? 'patient' : 'strict';

export function planFor(trigger: Trigger, view: PolicyView, policy: RegretPolicy): RunPlan {
  const onset = estimateOnset(view.errors);
  const isOwn = trigger.kind === 'regret';
  const plan = planTraining(
    {
      labelled: view.labelled,
      tookOverAtSeq: view.tookOverAtSeq,
      lastTrainingAtSeq: isOrdered(trigger) ? null : view.lastTrainingAtSeq,
      lastWasDropped: view.lastWasDropped,
      regret: isOwn ? view.regret : Math.max(view.regret, policy.price),
      onset,
      plannedRefit: isOwn ? view.plannedRefit : null,
    },
    policy,
  );
  switch (plan.kind) {
    case 'none':
      return { kind: 'obsolete', sentence: sayObsolete(trigger, view, policy) };
    case 'wait': {
      const { because, labelsNeeded, sentence } = plan;
      const { labelled } = view;
      return { kind: 'wait', because, labelled, untilSeq: labelled + labelsNeeded, sentence };
    }
    case 'train': {
      if (plan.rows < policy.minRows) return waitForFirstRows(plan.rows, view.labelled, policy);
      const { fromSeq, toSeq: cutSeq, onsetSeq, reason, sentence } = plan;
      const isChosenByErrors =
        reason === 'growth' ||
        trigger.kind === 'regret' ||
        trigger.kind === 'quality' ||
        isClear(onset, policy);
      const gate = gateKindOf(trigger, view.regret, policy);
      return {
        kind: 'train',
        champion: view.champion.version,
        fromSeq,
        cutSeq,
        onsetSeq,
        isChosenByErrors,
        isRefit: reason === 'growth',
        gate,
        sentence,
      };
    }
    default:
      return plan satisfies never;
  }
}

const waitForFirstRows = (rows: number, labelled: number, { minRows }: RegretPolicy): RunPlan => ({
  kind: 'wait',
  because: 'rows',
  labelled,
  untilSeq: labelled + minRows - rows,
  sentence: `Waits for ${minRows - rows} more labels: there are only ${rows} labelled rows to learn from.`,
});

const sayObsolete = (trigger: Trigger, view: PolicyView, policy: RegretPolicy): string =>
  trigger.refit === undefined
    ? `Nothing to do any more: the regret of ${view.champion.version} is ${view.regret.toFixed(1)} errors, ` +
      `and a training is worth ${policy.price}.`
    : 'Nothing to do any more: the refit that was planned is not due for the present champion.';
