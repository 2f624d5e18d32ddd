/**
 * What is done about a diagnosis: what the config says, by default the first treatment of `treatmentsOf`. A run that
 * somebody asked for (a person, the clock, a number of labels, a refit that was planned) is there to train: only broken
 * data stops it, and an earlier version that fits is still taken.
 */
import type { Trigger } from '../../domain/run.ts';
import { diagnosisWords, treatmentsOf } from '../../domain/triage.ts';
import type { Treatment, TreatmentChoice, Triage } from '../../domain/triage.ts';
import type { Diagnosed } from './diagnose.ts';

export type TreatmentQuestion = Diagnosed &
  Readonly<{
    choice: TreatmentChoice;
    trigger: Pick<Trigger, 'kind' | 'by' | 'refit' | 'version'>;
    /** Why the champion cannot be recalibrated, or need not be tried again; null where it can. */
    notRecalibrated: string | null;
  }>;

export function treat(question: TreatmentQuestion): Triage {
  const { diagnosis, evidence, trigger } = question;
  const { treatment, overriddenBy } = choose(question);
  const because = overriddenBy === null ? '' : ` (by ${overriddenBy})`;
  // A version that was named is there already.
  const isNamed = treatment === 'fine-tune' && trigger.version !== undefined;
  const doing = isNamed ? `${trigger.version} is tried` : done[treatment];
  const says = evidence.map((one) => one.says).join(' ');
  return {
    diagnosis,
    treatment,
    overriddenBy,
    evidence,
    sentence: `${diagnosisWords[diagnosis]}: ${says} ${doing}${because}.`,
  };
}

function choose({ diagnosis, choice, trigger, notRecalibrated }: TreatmentQuestion): {
  treatment: Treatment;
  overriddenBy: string | null;
} {
  const usual = treatmentsOf[diagnosis][0];
  const asked = whoAsked(trigger);
  if (asked !== null && diagnosis !== 'brokenData' && diagnosis !== 'recurring')
    return { treatment: 'fine-tune', overriddenBy: usual === 'fine-tune' ? null : asked };
  const treatment = choice[diagnosis];
  if (treatment === 'recalibrate' && notRecalibrated !== null)
    return { treatment: 'fine-tune', overriddenBy: notRecalibrated };
  return {
    treatment,
    overriddenBy: treatment === usual ? null : `retrain.triage.${diagnosis} of the config`,
  };
}

function whoAsked({ kind, by, refit }: TreatmentQuestion['trigger']): string | null {
  if (refit !== undefined) return 'the refit that was planned';
  if (kind === 'manual') return by ?? 'a person';
  if (kind === 'schedule') return 'the schedule';
  return kind === 'volume' ? 'the number of new labels' : null;
}

const done: Readonly<Record<Treatment, string>> = {
  stop: 'Nothing is trained: a model must not learn from it; repair what sends it',
  reuse: 'That version is taken',
  wait: 'Nothing is trained: it passes as it did before',
  recalibrate: 'The champion is recalibrated to the new shares of the labels',
  watch: 'Nothing is trained; it is watched',
  'fine-tune': 'A challenger is trained',
};
