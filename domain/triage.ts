import { z } from 'zod';

/**
 * Triage: what lies behind an alarm (the diagnosis), and what is done about it (the treatment), before anything is
 * trained. For each diagnosis the treatments that make sense; the first is the default, a config may choose another.
 */
export const treatmentsOf = {
  /** The data is broken, not the world. */
  brokenData: ['stop', 'fine-tune'],
  /** An earlier champion fits what comes now. */
  recurring: ['reuse', 'fine-tune'],
  /** The champion errs as it did at these hours before. */
  seasonal: ['wait', 'fine-tune'],
  /** Other labels come, and each is answered as well as before. */
  labelShift: ['recalibrate', 'fine-tune', 'watch'],
  /** Other inputs come, and the champion is as good on them. */
  covariateShift: ['watch', 'fine-tune'],
  /** Neither inputs nor performance have changed: a false alarm. */
  steady: ['watch', 'fine-tune'],
  /** The champion is worse, and nothing of the above explains it. */
  conceptDrift: ['fine-tune', 'watch'],
  /** Too little is known. */
  unclear: ['fine-tune', 'watch'],
} as const;

export type Diagnosis = keyof typeof treatmentsOf;
export type Treatment = (typeof treatmentsOf)[Diagnosis][number];

export const diagnoses = Object.keys(treatmentsOf) as readonly Diagnosis[];

const chosen = <const T extends readonly [string, ...string[]]>(treatments: T, description: string) =>
  z
    .enum(treatments)
    .default(treatments[0] as never)
    .meta({ description });

/** What a config says should be done about each diagnosis. */
export const triageSchema = z.strictObject({
  brokenData: chosen(treatmentsOf.brokenData, 'stop: nothing is trained, the run says what to repair'),
  recurring: chosen(treatmentsOf.recurring, 'reuse: the earlier version that fits answers again'),
  seasonal: chosen(treatmentsOf.seasonal, 'wait: nothing is trained; it passes as it did before'),
  labelShift: chosen(
    treatmentsOf.labelShift,
    'recalibrate: the champion with the new shares of the labels, through the same gate',
  ),
  covariateShift: chosen(treatmentsOf.covariateShift, 'watch: nothing is trained while it is as good'),
  steady: chosen(treatmentsOf.steady, 'watch: nothing is trained after a false alarm'),
  conceptDrift: chosen(treatmentsOf.conceptDrift, 'fine-tune: a challenger is trained'),
  unclear: chosen(treatmentsOf.unclear, 'fine-tune: too little is known to hold a training back'),
});
export type TreatmentChoice = z.output<typeof triageSchema>;

/** One thing that was looked at: a sentence with its numbers. */
export type Evidence = Readonly<{
  about: 'data quality' | 'earlier versions' | 'performance' | 'labels' | 'season' | 'inputs';
  says: string;
}>;

/** What triage said of one alarm; kept in the run's story. */
export type Triage = Readonly<{
  diagnosis: Diagnosis;
  treatment: Treatment;
  /** Who or what chose another treatment than the diagnosis asks for by default; null where nobody did. */
  overriddenBy: string | null;
  evidence: readonly Evidence[];
  /** For people: the diagnosis, why, and what is done. */
  sentence: string;
}>;

/** As people read it. */
export const diagnosisWords: Readonly<Record<Diagnosis, string>> = {
  brokenData: 'The data looks broken',
  recurring: 'An earlier regime has come back',
  seasonal: 'The season',
  labelShift: 'Label shift',
  covariateShift: 'Covariate shift',
  steady: 'Nothing has changed',
  conceptDrift: 'Concept drift',
  unclear: 'Not clear what has changed',
};

/** `Label shift: recalibrate`, and by whose choice, where it is not the usual one. */
export const sayTriage = ({ diagnosis, treatment, overriddenBy }: Triage): string =>
  `${diagnosisWords[diagnosis]}: ${treatment}${overriddenBy === null ? '' : ` (by ${overriddenBy})`}`;

/** What triage last said in a run's story; null where it has not been asked yet. */
export const triageOf = (story: readonly { data?: Readonly<Record<string, unknown>> }[]): Triage | null =>
  (story.findLast(({ data }) => data?.['triage'] !== undefined)?.data?.['triage'] as Triage | undefined) ??
  null;
