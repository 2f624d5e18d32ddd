/**
 * Is a training due, and on which rows? `seq` is the position of a labelled example in the order in which the labels
 * became known, from 1; windows include both ends.
 *
 *   planned growth refit due → train on the rows since onset
 *   S ≥ price and `gap` rows since the last training, or that one was dropped by a patient gate:
 *       onset clear   → wait for `minRows` since it, then train on the rows since onset (the newest `maxRows`)
 *       onset unclear → train on the newest `fallbackRows`
 */
import { defaultPolicy, type RegretPolicy } from '../../domain/policy/regret-policy.ts';
import { isClear, type Onset } from '../onset.ts';
import { isRefitDue, type PlannedRefit } from './refit.ts';
import { sayTrain, sayWait } from './say-plan.ts';

export type TrainingQuestion = Readonly<{
  /** Labelled examples so far: the largest `seq`. */
  labelled: number;
  /** `seq` at which the champion took over; its first own row is one later. */
  tookOverAtSeq: number;
  /** `seq` at which the latest training began, or null. */
  lastTrainingAtSeq: number | null;
  /** Whether a patient gate dropped what that training made: the next one need not wait. */
  lastWasDropped: boolean;
  /** S of the champion, in errors. */
  regret: number;
  /** Estimated now, on the champion's errors since it took over. */
  onset: Onset | null;
  plannedRefit: PlannedRefit | null;
}>;

export type TrainingReason = 'onset' | 'fallback' | 'growth';

export type TrainingPlan =
  | Readonly<{ kind: 'none' }>
  | Readonly<{ kind: 'wait'; because: 'gap' | 'onset'; labelsNeeded: number; sentence: string }>
  | Readonly<{
      kind: 'train';
      reason: TrainingReason;
      fromSeq: number;
      toSeq: number;
      rows: number;
      /** First `seq` of the new regime; the window may begin later. */
      onsetSeq: number;
      sentence: string;
    }>;

export function planTraining(question: TrainingQuestion, policy: RegretPolicy = defaultPolicy): TrainingPlan {
  const { labelled, tookOverAtSeq, lastTrainingAtSeq, lastWasDropped, regret, onset, plannedRefit } =
    question;
  const train = (reason: TrainingReason, onsetSeq: number): TrainingPlan => {
    const fromSeq = Math.max(1, onsetSeq, labelled - policy.maxRows + 1);
    const rows = labelled - fromSeq + 1;
    return {
      kind: 'train',
      reason,
      fromSeq,
      toSeq: labelled,
      rows,
      onsetSeq,
      sentence: sayTrain(reason, rows),
    };
  };
  const wait = (because: 'gap' | 'onset', seen: number, needed: number): TrainingPlan => ({
    kind: 'wait',
    because,
    labelsNeeded: needed - seen,
    sentence: sayWait(because, seen, needed),
  });

  if (isRefitDue(plannedRefit, labelled)) return train('growth', plannedRefit.onsetSeq);
  if (regret < policy.price) return { kind: 'none' };
  if (lastTrainingAtSeq !== null && !lastWasDropped) {
    const since = labelled - lastTrainingAtSeq;
    if (since < policy.gap) return wait('gap', since, policy.gap);
  }
  if (onset === null || !isClear(onset, policy)) {
    return train('fallback', Math.max(1, labelled - policy.fallbackRows + 1));
  }
  const onsetSeq = onsetSeqOf(onset, tookOverAtSeq);
  const since = labelled - onsetSeq + 1;
  return since < policy.minRows ? wait('onset', since, policy.minRows) : train('onset', onsetSeq);
}

/** The first `seq` of the new regime, from an onset estimated on the champion's rows since it took over. */
export const onsetSeqOf = (onset: Pick<Onset, 'index'>, tookOverAtSeq: number): number =>
  tookOverAtSeq + 1 + onset.index;
