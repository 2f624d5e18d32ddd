import { describe, expect, test } from 'vitest';
import { fleetLede } from '../../../console/fleet-sentences.ts';
import { markRun, sayDeadline, sayTrigger } from '../../../console/run-state.ts';
import {
  modelLede,
  sayDrift,
  sayEstimate,
  sayMotion,
  sayRegret,
  sayRollout,
  sayWhenRetrained,
} from '../../../console/sentences.ts';
import {
  ago,
  clock,
  day,
  electricity,
  figures,
  hour,
  phases,
  run,
  version,
  view,
} from '../../fakes/console-views.ts';

const worse = {
  word: 'worse' as const,
  since: '2026-11-17T14:20:00.000Z',
  because: ['Champion v12 of electricity has made 53.2 errors more than its reference promised'],
};
const answerOf = (...args: Parameters<typeof view>) => modelLede(view(...args), clock).answer;

describe('the lede of a model', () => {
  test('a steady model is said in cases, with its counts', () => {
    expect(modelLede(view(), clock)).toEqual({
      answer: 'Steady: right 86 times in 100 over the last day.',
      why: 'v12 has answered since Thu 12 Nov, 08:20; 1,022 labels in the window.',
    });
  });

  test('a worse one says since when, how bad, and what is being done', () => {
    const lede = modelLede(
      view({
        health: worse,
        live: figures({ accuracy: 0.741 }),
        runs: [run({ phase: 'waiting-for-approval', version: 'v13' })],
      }),
      clock,
    );
    expect(lede).toEqual({
      answer:
        'Worse since Tue 17 Nov, 14:20. Accuracy fell from .86 to .74; v13 is ready and waits for approval.',
      why: 'Champion v12 of electricity has made 53.2 errors more than its reference promised.',
    });
  });

  test('it does not claim a fall that is not there', () => {
    expect(answerOf({ health: worse, live: figures({ accuracy: 0.857 }) })).toMatch(
      'Accuracy is .86; no run is under way.',
    );
  });

  test('what nobody does is said too', () => {
    expect(answerOf({ health: worse, paused: true })).toMatch('; retraining is paused.');
  });

  test('suspected is not worse', () => {
    expect(answerOf({ health: { ...worse, word: 'suspected' } })).toBe(
      'Something may have changed since Tue 17 Nov, 14:20. Accuracy is .86 over the last day; no run is under way.',
    );
  });

  test('a recovery is news for a day', () => {
    const recovered = (at: string, { refit, runId = 'run-41' }: { refit?: object; runId?: string } = {}) =>
      answerOf({
        champion: version(13, { promotedAt: at }),
        takeovers: [{ version: 'v13', at, by: 'driftloop', because: 'b', runId }],
        runs: [
          run({
            trigger: { kind: 'regret', firedAt: at, reason: 'r', ...(refit as object) },
            phase: 'ended',
            version: 'v13',
            promotedAt: at,
            endedAt: at,
            outcome: { kind: 'promoted', version: 'v13', sentence: 's' },
          }),
        ],
      });
    expect(recovered(ago(2 * hour))).toBe(
      'Recovered at 06:20: v13 took over, right 86 times in 100 over the last day.',
    );
    expect(recovered(ago(2 * day))).toMatch(/^Steady/);
    // Nothing was wrong before a refit that was planned, nor does who goes back recover by the run of long ago.
    expect(recovered(ago(2 * hour), { refit: { refit: { onsetSeq: 4 } } })).toMatch(/^Steady/);
    expect(recovered(ago(2 * hour), { runId: 'another' })).toMatch(/^Steady/);
  });

  test.each([
    ['no champion', { champion: null }, /^No version of electricity answers yet/],
    [
      'no Prometheus',
      { live: { state: 'silent', code: 'DL_X', problem: 'p' } as const },
      /^Prometheus does not answer, so there are no live figures/,
    ],
    [
      'no predictions',
      { labelled: 0, live: figures({ accuracy: null, predictions: 0 }) },
      /^v12 is ready. No predictions yet/,
    ],
    [
      'no labels',
      { labelled: 0, live: figures({ accuracy: null, predictions: 1_204 }) },
      /^1,204 predictions, no labels yet/,
    ],
    [
      'no labels lately',
      { live: figures({ accuracy: null }) },
      /^No labels for v12 in the last day, so its quality is unknown/,
    ],
    [
      'three labels',
      {
        live: figures({ labelledInWindow: 3 }),
        health: { word: 'unknown' as const, since: null, because: [] },
      },
      /^3 labels in the last day: too few to say how good it is/,
    ],
    [
      'figures that an alert doubts',
      { health: { word: 'unknown' as const, since: null, because: ['No label became known.'] } },
      /^Its quality is unknown/,
    ],
  ])('with %s it says so, and never a figure that it does not have', (_, change, expected) => {
    const { answer, why } = modelLede(view(change), clock);
    expect(answer).toMatch(expected);
    expect(`${answer} ${why}`).not.toMatch(/NaN|null|undefined/);
  });
});

test('every phase of a run has a mark and, while it lasts, a sentence', () => {
  for (const phase of phases) {
    const given = run({ phase, version: 'v13' });
    expect(markRun(given).word).not.toBe('');
    const said = sayMotion({ runs: [given], challenger: null });
    if (phase === 'ended') expect(said).toBeNull();
    else expect(said).toMatch(/^(a |v13 )/);
  }
});

test('a run says how far it is', () => {
  const progress = {
    step: 1_200,
    steps: 4_000,
    epoch: 3,
    trainLoss: 0.4,
    validationLoss: 0.5,
    learningRate: null,
    examplesPerSecond: null,
    memoryMb: null,
    backend: 'tensorflow-cpu',
    resumedAtStep: null,
  };
  expect(markRun(run({ phase: 'fine-tuning', progress })).word).toBe('Fine-tunes, step 1,200 of 4,000');
  expect(sayMotion({ runs: [run({ phase: 'fine-tuning', progress })], challenger: null })).toMatch(
    '(30 % done)',
  );
  const hold = run({
    phase: 'holding',
    version: 'v13',
    verdict: { kind: 'hold', labelsNeeded: 312, sentence: 's' },
  });
  expect(sayMotion({ runs: [hold], challenger: null })).toBe('v13 is held: 312 more labels would settle it');
  expect(
    sayMotion({
      runs: [run({ phase: 'rollout', version: 'v13' })],
      challenger: { version: 'v13', share: 0.25 },
    }),
  ).toBe('v13 answers 25 % of requests');
});

test('every outcome has its own word', () => {
  const outcomes = [
    { kind: 'promoted', version: 'v13', sentence: '' },
    { kind: 'rejected', version: null, sentence: '' },
    { kind: 'withdrawn', version: 'v13', sentence: '' },
    { kind: 'skipped', sentence: '' },
    { kind: 'failed', sentence: '' },
  ] as const;
  const words = outcomes.map((outcome) => markRun(run({ phase: 'ended', outcome })).word);
  expect(words).toEqual(['Promoted v13', 'Rejected', 'Withdrew v13', 'Nothing to do', 'Failed']);
});

test('why a run began', () => {
  expect(sayTrigger(run())).toBe('too many errors');
  expect(sayTrigger(run({ trigger: { kind: 'manual', firedAt: ago(0), reason: '', by: 'ada' } }))).toBe(
    'asked for by ada',
  );
  expect(
    sayTrigger(run({ trigger: { kind: 'regret', firedAt: ago(0), reason: '', refit: { onsetSeq: 4 } } })),
  ).toBe('more rows since the change');
});

test('a deadline says what happens by itself', () => {
  expect(sayDeadline({ until: '2026-11-25T03:12:00Z', onTimeout: 'reject' }, clock)).toBe(
    'Rejects itself Wed 25 Nov, 03:12',
  );
  expect(sayDeadline({ until: '2026-11-25T03:12:00Z', onTimeout: 'hold' }, clock)).toBe(
    'Stays held after Wed 25 Nov, 03:12',
  );
  expect(sayDeadline(null, clock)).toBeNull();
});

test.each([
  [3.24, 50, '3.2 errors beyond what it promised; at 50 a training pays for itself.'],
  [53.2, 50, '53 errors beyond what it promised; a training is worth 50, and one is under way.', true],
  [1, 50, '1 error beyond what it promised; at 50 a training pays for itself.'],
  [53.2, 50, '53 errors beyond what it promised; a training is worth 50, so one is due.'],
  [4, null, '4 errors beyond what it promised.'],
  [null, 50, 'Regret is counted once the champion has enough labelled rows of its own.'],
])('regret of %s at a price of %s: %s', (regret, price, text, isUnderWay = false) =>
  expect(sayRegret(regret, price, isUnderWay)).toBe(text),
);

test('drift names the features that moved', () => {
  const of = (...psis: number[]) =>
    psis.map((psi, i) => ({ feature: 'abcdef'[i]!, psi, rows: 100, bins: [] }));
  expect(sayDrift(of(0.41, 0.27, 0.18, 0.05), 0.25)).toBe(
    'a and b moved a lot, c a little, the rest not at all.',
  );
  expect(sayDrift(of(0.12), 0.25)).toBe('a moved a little.');
  expect(sayDrift(of(0.01, 0.02), 0.25)).toBe('None of 2 features moved.');
  expect(sayDrift(of(0.01), 0.25)).toBe('It has not moved.');
  expect(sayDrift([], 0.25)).toBe('No reference to compare with yet.');
});

test('when a run begins by itself', () => {
  const objective = { metric: 'accuracy', atLeast: 0.8 };
  expect(sayWhenRetrained(electricity.retrain, objective)).toBe(
    'A run begins when regret reaches 50 errors or accuracy falls below .80, on schedule (0 3 * * 1), or when someone asks for it.',
  );
  expect(sayWhenRetrained({ ...electricity.retrain, mode: 'off' }, objective)).toMatch(/^Retraining is off/);
  const byVolume = { ...electricity.retrain, on: ['volume' as const] };
  expect(sayWhenRetrained(byVolume, objective)).toMatch(/^A run begins when 250 new labels have come,/);
});

describe('the lede of the fleet', () => {
  const steady = view();
  const bad = view({ name: 'meter', health: worse, runs: [run({ phase: 'waiting-for-approval' })] });
  test.each([
    [[], 'No models yet.'],
    [[steady, steady], 'Nothing needs you.'],
    [[steady, bad], 'One decision waits for you. meter is getting worse.'],
    [[bad, bad, bad, bad], 'Four decisions wait for you. Four models are getting worse.'],
  ])('%#: it says whether anything needs the reader', (models, answer) =>
    expect(fleetLede(models).answer).toBe(answer),
  );

  test('and what the others are', () => {
    const unknown = view({
      name: 'churn',
      health: { word: 'unknown', since: null, because: [] },
      paused: true,
    });
    expect(fleetLede([steady, unknown]).why).toBe(
      'churn cannot be judged yet. One model is steady. Retraining is paused for one.',
    );
  });
});

test('an estimate comes with its band, and with when it cannot be trusted', () => {
  const figures = { accuracy: 0.8125, low: 0.79, high: 0.834, trusted: true };
  expect(sayEstimate(figures, 86_400_000)).toBe(
    'Without labels, from calibrated scores, an accuracy of .813 (.790 to .834) is expected over the last day. It cannot see that inputs mean something else than they did.',
  );
  expect(sayEstimate({ ...figures, trusted: false }, 86_400_000)).toContain('It cannot be trusted: labels');
  expect(sayEstimate({ ...figures, trusted: null }, 86_400_000)).toContain('Too few labels');
});

test.each([
  [{}, 'takes 10 % of requests for 10 min, and all of them if nothing looks worse.'],
  [{ canary: [] }, 'takes all requests at once.'],
  [
    { shadow: '10m', bake: '1h' },
    'is shown copies of requests for 10 min, then takes 10 % of requests for 10 min, and all of them for 1 h with v1 beside it, and for good if nothing looks worse.',
  ],
  [
    { shadow: '10m', canary: [] },
    'is shown copies of requests for 10 min, then takes all requests if nothing looks worse.',
  ],
])('what a challenger goes through by %j', (change, says) => {
  expect(sayRollout({ canary: [0.1], step: '10m', ...change }, 'v2', 'v1')).toBe(
    `v2 ${says} The way back to v1 stays open.`,
  );
});
