import { expect, test } from 'vitest';
import { diagnoses, treatmentsOf, triageSchema } from '../../../../domain/triage.ts';
import type { Diagnosis } from '../../../../domain/triage.ts';
import { treat } from '../../../../monitors/triage/treat.ts';
import type { TreatmentQuestion } from '../../../../monitors/triage/treat.ts';

const asked = (diagnosis: Diagnosis, change: Partial<TreatmentQuestion> = {}) =>
  treat({
    diagnosis,
    evidence: [{ about: 'performance', says: 'It errs more.' }],
    choice: triageSchema.parse({}),
    trigger: { kind: 'regret' },
    notRecalibrated: null,
    ...change,
  });

test('without a word in the config each diagnosis has its own treatment, and nobody overrides it', () => {
  expect(Object.fromEntries(diagnoses.map((diagnosis) => [diagnosis, asked(diagnosis).treatment]))).toEqual({
    brokenData: 'stop',
    recurring: 'reuse',
    seasonal: 'wait',
    labelShift: 'recalibrate',
    covariateShift: 'watch',
    steady: 'watch',
    conceptDrift: 'fine-tune',
    unclear: 'fine-tune',
  });
  for (const diagnosis of diagnoses) expect(asked(diagnosis).overriddenBy).toBeNull();
});

test('the config may choose any other treatment that makes sense, and is named for it', () => {
  for (const diagnosis of diagnoses)
    for (const treatment of treatmentsOf[diagnosis].slice(1)) {
      const choice = triageSchema.parse({ [diagnosis]: treatment });
      expect(asked(diagnosis, { choice })).toMatchObject({
        treatment,
        overriddenBy: `retrain.triage.${diagnosis} of the config`,
      });
    }
  expect(triageSchema.safeParse({ conceptDrift: 'recalibrate' }).success).toBe(false);
});

test('a run that somebody asked for trains: only broken data stops it, only an earlier version that fits is taken', () => {
  const trigger = { kind: 'manual', by: 'anna' } as const;
  expect(asked('covariateShift', { trigger })).toMatchObject({
    treatment: 'fine-tune',
    overriddenBy: 'anna',
  });
  expect(asked('seasonal', { trigger: { kind: 'schedule' } }).overriddenBy).toBe('the schedule');
  expect(asked('steady', { trigger: { kind: 'regret', refit: { onsetSeq: 1 } } })).toMatchObject({
    treatment: 'fine-tune',
    overriddenBy: 'the refit that was planned',
  });
  expect(asked('conceptDrift', { trigger })).toMatchObject({ treatment: 'fine-tune', overriddenBy: null });
  expect(asked('brokenData', { trigger }).treatment).toBe('stop');
  expect(asked('recurring', { trigger }).treatment).toBe('reuse');
});

test('a champion that cannot be recalibrated is fine-tuned, and the sentence says why', () => {
  const triage = asked('labelShift', { notRecalibrated: 'what v3 is: no network for columns' });
  expect(triage).toMatchObject({
    treatment: 'fine-tune',
    overriddenBy: 'what v3 is: no network for columns',
  });
  expect(triage.sentence).toBe(
    'Label shift: It errs more. A challenger is trained (by what v3 is: no network for columns).',
  );
});

test('a version that was named is tried, and nothing is trained', () => {
  const trigger = { kind: 'manual', by: 'ada', version: 'v2' } as const;
  expect(asked('unclear', { trigger }).sentence).toMatch(/v2 is tried.*\.$/);
});
