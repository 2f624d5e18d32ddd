import { expect, test } from 'vitest';
import { planTraining, type TrainingQuestion } from '../../../../monitors/policy/plan-training.ts';

const clear = { index: 400, gain: 40, before: 0.1, after: 0.5 };
const question: TrainingQuestion = {
  labelled: 10_000,
  tookOverAtSeq: 9_000,
  lastTrainingAtSeq: 8_700,
  lastWasDropped: false,
  regret: 50,
  onset: clear,
  plannedRefit: null,
};

test('regret below the price trains nothing', () => {
  expect(planTraining({ ...question, regret: 49.9 })).toEqual({ kind: 'none' });
});

test('a clear onset is trained on from its first row', () => {
  expect(planTraining(question)).toMatchObject({
    kind: 'train',
    reason: 'onset',
    onsetSeq: 9_401,
    fromSeq: 9_401,
    toSeq: 10_000,
    rows: 600,
  });
});

test('a clear onset waits until 250 rows have come after it', () => {
  expect(planTraining({ ...question, labelled: 9_600 })).toMatchObject({
    kind: 'wait',
    because: 'onset',
    labelsNeeded: 50,
  });
  expect(planTraining({ ...question, labelled: 9_649 })).toMatchObject({ kind: 'wait', labelsNeeded: 1 });
  expect(planTraining({ ...question, labelled: 9_650 })).toMatchObject({ kind: 'train', rows: 250 });
});

test('an onset that is not clear falls back to the newest 2,000 rows', () => {
  for (const onset of [null, { ...clear, gain: 2.9 }]) {
    expect(planTraining({ ...question, onset })).toMatchObject({
      kind: 'train',
      reason: 'fallback',
      fromSeq: 8_001,
      rows: 2_000,
    });
  }
  expect(
    planTraining({ ...question, labelled: 700, tookOverAtSeq: 0, lastTrainingAtSeq: null, onset: null }),
  ).toMatchObject({ fromSeq: 1, rows: 700 });
});

test('no more than the newest 4,000 rows are trained on, and the onset stays where it is', () => {
  expect(planTraining({ ...question, labelled: 16_000 })).toMatchObject({
    onsetSeq: 9_401,
    fromSeq: 12_001,
    rows: 4_000,
  });
});

test('a training waits for 500 labelled rows since the last one', () => {
  expect(planTraining({ ...question, lastTrainingAtSeq: 9_900 })).toMatchObject({
    kind: 'wait',
    because: 'gap',
    labelsNeeded: 400,
    sentence: 'Waits for 400 more labels: the last training was only 100 labelled rows ago.',
  });
});

test('after a patient gate has dropped the last challenger, the next training need not wait', () => {
  expect(planTraining({ ...question, lastTrainingAtSeq: 9_900, lastWasDropped: true }).kind).toBe('train');
});

test('a planned refit comes when it is due, whatever the regret', () => {
  const planned = { ...question, regret: 0, plannedRefit: { onsetSeq: 9_001, atSeq: 10_000 } };
  expect(planTraining(planned)).toMatchObject({ reason: 'growth', fromSeq: 9_001, rows: 1_000 });
  expect(planTraining({ ...planned, labelled: 9_999 })).toEqual({ kind: 'none' });
});
