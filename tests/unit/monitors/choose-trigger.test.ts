import { describe, expect, test } from 'vitest';
import { chooseTrigger } from '../../../monitors/choose-trigger.ts';
import type { AlertInSight, TriggerQuestion } from '../../../monitors/choose-trigger.ts';

const nowMs = Date.parse('2026-03-01T12:00:00.000Z');
const alert = (kind: string, over: Partial<AlertInSight> & { level?: string; version?: string } = {}) => {
  const { level = 'detected', version = 'v3', ...rest } = over;
  return {
    alertname: `Driftloop${kind}`,
    labels: { namespace: 'default', model: 'churn', kind, level, version },
    annotations: { sentence: `${kind} it is.` },
    activeAt: '2026-03-01T11:59:00.000Z',
    ...rest,
  };
};
const view = {
  labelled: 5_000,
  tookOverAtSeq: 3_500,
  regret: 60,
  lastTrainingAtSeq: 4_000,
  lastWasDropped: false,
  plannedRefit: null,
};
const retrain: TriggerQuestion['retrain'] = {
  mode: 'auto',
  on: ['regret', 'quality'],
  cooldown: '1h',
  minLabels: 250,
};
const question = (over: Partial<TriggerQuestion> = {}): TriggerQuestion => ({
  retrain,
  isPaused: false,
  hasRunInFlight: false,
  nowMs,
  champion: 'v3',
  firing: [],
  lastStartedAt: null,
  view,
  ...over,
});
const firing = [alert('regret')];

test('with nothing to do it says so', () => {
  expect(chooseTrigger(question())).toEqual({ trigger: null, sentence: 'No alert is firing.' });
});

test('a regret alert begins a run, with its sentence and the time since when it fires', () => {
  const { trigger, sentence } = chooseTrigger(
    question({ firing: [alert('regret', { fingerprint: 'f00' })] }),
  );
  expect(trigger).toEqual({
    kind: 'regret',
    firedAt: '2026-03-01T11:59:00.000Z',
    reason: 'regret it is.',
    alert: { fingerprint: 'f00', startsAt: '2026-03-01T11:59:00.000Z' },
  });
  expect(sentence).toBe('regret it is.');
});

test('regret goes before quality, and of two alike the older one', () => {
  const older = alert('quality', { activeAt: '2026-03-01T08:00:00.000Z', annotations: { sentence: 'old.' } });
  expect(chooseTrigger(question({ firing: [alert('quality'), ...firing, older] })).trigger?.kind).toBe(
    'regret',
  );
  expect(chooseTrigger(question({ firing: [alert('quality'), older] })).trigger?.reason).toBe('old.');
});

test.each([
  ['paused', { isPaused: true }, 'paused'],
  ['switched off', { retrain: { ...retrain, mode: 'off' } }, 'switched off'],
  ['one in flight', { hasRunInFlight: true }, 'in flight'],
  ['no champion', { champion: null }, 'no champion'],
] as const)('nothing begins: %s', (_, over, why) => {
  const { trigger, sentence } = chooseTrigger(
    question({ firing, scheduledAt: '2026-03-01T03:00:00.000Z', ...over }),
  );
  expect(trigger).toBeNull();
  expect(sentence).toContain(why);
});

test('a suspicion, silence, and what retrain.on does not name begin nothing', () => {
  for (const only of [alert('regret', { level: 'suspected' }), alert('silence')]) {
    expect(chooseTrigger(question({ firing: [only] })).sentence).toBe('No alert is firing.');
  }
  expect(chooseTrigger(question({ firing: [alert('drift')] })).sentence).toBe(
    'An alert is firing (drift), but retrain.on asks for regret, quality.',
  );
});

test('an alert about a version that is not the champion any more begins nothing', () => {
  const { trigger, sentence } = chooseTrigger(question({ firing: [alert('regret', { version: 'v2' })] }));
  expect(trigger).toBeNull();
  expect(sentence).toContain('v2');
});

test('an alert waits for new labels since the last training, unless that one was dropped', () => {
  const recent = { ...view, lastTrainingAtSeq: 4_600 };
  const waits = chooseTrigger(question({ firing, view: recent }));
  expect(waits.trigger).toBeNull();
  expect(waits.sentence).toContain('Waits for 100 more labels');
  expect(chooseTrigger(question({ firing, view: recent }), { gap: 400, price: 50 }).trigger?.kind).toBe(
    'regret',
  );
  const dropped = { ...recent, lastWasDropped: true };
  expect(chooseTrigger(question({ firing, view: dropped })).trigger?.kind).toBe('regret');
});

test('regret that has fallen below the price since the alert began is no reason; another alert is', () => {
  const fallen = { ...view, regret: 49.6 };
  expect(chooseTrigger(question({ firing, view: fallen }))).toEqual({
    trigger: null,
    sentence: 'The regret of v3 has fallen to 49.6 errors since it was seen.',
  });
  const both = [...firing, alert('quality')];
  expect(chooseTrigger(question({ firing: both, view: fallen })).trigger?.kind).toBe('quality');
});

test('a planned refit is due when the rows have grown, whatever the gap, and goes before alerts', () => {
  const planned = (labelled: number) => ({
    ...view,
    labelled,
    lastTrainingAtSeq: labelled - 1,
    plannedRefit: { onsetSeq: 1_001, atSeq: 2_000 },
  });
  expect(chooseTrigger(question({ view: planned(1_999) })).trigger).toBeNull();
  const due = chooseTrigger(question({ view: planned(2_000), firing })).trigger;
  expect(due).toMatchObject({
    kind: 'regret',
    refit: { onsetSeq: 1_001 },
    firedAt: '2026-03-01T12:00:00.000Z',
  });
  expect(due?.reason).toContain('1,000 labelled rows');
});

test('the schedule begins a run at its slot when no alert does', () => {
  const scheduledAt = '2026-03-01T03:00:00.000Z';
  expect(chooseTrigger(question({ scheduledAt })).trigger).toEqual({
    kind: 'schedule',
    firedAt: scheduledAt,
    reason: 'The schedule asks for it: 2026-03-01T03:00:00.000Z.',
  });
  expect(chooseTrigger(question({ scheduledAt, firing })).trigger?.kind).toBe('regret');
});

test('within the cooldown nothing begins, and it says how long it waits and for what', () => {
  const lastStartedAt = '2026-03-01T11:30:00.000Z';
  const { trigger, sentence } = chooseTrigger(question({ firing, lastStartedAt }));
  expect(trigger).toBeNull();
  expect(sentence).toBe('Waits 1,800 s for the cooldown of 1h. regret it is.');
  const over = { firing, lastStartedAt: '2026-03-01T11:00:00.000Z' };
  expect(chooseTrigger(question(over)).trigger?.kind).toBe('regret');
});

describe('volume', () => {
  const volume = { ...retrain, on: ['volume' as const] };
  const fresh = (over: Partial<TriggerQuestion['view']>) =>
    chooseTrigger(question({ retrain: volume, view: { ...view, ...over } }));

  test('so many new labels since the last training begin a run, without any alert', () => {
    expect(fresh({ labelled: 4_249 }).trigger).toBeNull();
    expect(fresh({ labelled: 4_250 }).trigger).toEqual({
      kind: 'volume',
      firedAt: '2026-03-01T12:00:00.000Z',
      reason: '250 new labels have come since the last training; retrain.minLabels is 250.',
    });
  });

  test('before the first training they count since the champion took over', () => {
    expect(fresh({ lastTrainingAtSeq: null, labelled: 3_749 }).trigger).toBeNull();
    expect(fresh({ lastTrainingAtSeq: null, labelled: 3_750 }).trigger?.kind).toBe('volume');
  });

  test('only where retrain.on asks for it', () => {
    expect(chooseTrigger(question({ view: { ...view, labelled: 9_000 } })).trigger).toBeNull();
  });

  test('an alert that it is asked for goes first, and so does a slot of the schedule', () => {
    const both = { ...retrain, on: ['volume' as const, 'regret' as const] };
    expect(chooseTrigger(question({ retrain: both, firing })).trigger?.kind).toBe('regret');
    const slot = { retrain: both, scheduledAt: '2026-03-01T11:00:00.000Z' };
    expect(chooseTrigger(question(slot)).trigger?.kind).toBe('schedule');
  });
});

describe('the training budget', () => {
  const budget = { gpuMinutesPerMonth: 10 };
  const spent = (seconds: number, latestSeconds: number | null) =>
    chooseTrigger(question({ retrain: { ...retrain, budget }, firing, trained: { seconds, latestSeconds } }));

  test('a run that would exceed it is not begun, and says so', () => {
    expect(spent(540, 60).trigger?.kind).toBe('regret');
    expect(spent(541, 60)).toEqual({
      trigger: null,
      sentence:
        'The budget is spent: 9 of 10 minutes were trained in the last 30 days, and the next training would take about 1. regret it is.',
    });
    expect(spent(600, null).trigger).toBeNull();
    expect(spent(0, null).trigger?.kind).toBe('regret');
  });

  test('it holds for a schedule and for volume, too', () => {
    const given = {
      retrain: { ...retrain, on: ['volume' as const], budget },
      trained: { seconds: 601, latestSeconds: 30 },
    };
    expect(chooseTrigger(question(given)).sentence).toMatch(/^The budget is spent/);
    const slot = { ...given, scheduledAt: '2026-03-01T11:00:00.000Z' };
    expect(chooseTrigger(question(slot)).sentence).toMatch(/^The budget is spent/);
  });
});

test('what a run has looked at and only watches begins no other, until it ends, something newer comes, or regret is due', () => {
  const on = { ...retrain, on: ['drift', 'quality', 'regret'] as const };
  const calm = { ...view, regret: 4 };
  const watched = [{ kind: 'drift' as const, startedAt: '2026-03-01T11:59:30.000Z' }];
  const ask = (over: Partial<TriggerQuestion>) =>
    chooseTrigger(question({ retrain: { ...on, on: [...on.on] }, view: calm, watched, ...over }));
  const moved = alert('drift');
  expect(ask({ firing: [moved] })).toEqual({
    trigger: null,
    sentence: expect.stringMatching(/only watched: no other begins/) as string,
  });
  expect(ask({ firing: [moved], watched: [] }).trigger).toMatchObject({ kind: 'drift' });
  // Over, and begun again; of another kind; or the champion has become bad meanwhile.
  const again = alert('drift', { activeAt: '2026-03-01T11:59:50.000Z' });
  expect(ask({ firing: [moved, again] }).trigger).toMatchObject({ firedAt: again.activeAt });
  expect(ask({ firing: [moved, alert('quality')] }).trigger).toMatchObject({ kind: 'quality' });
  expect(ask({ firing: [moved], view }).trigger).toMatchObject({ kind: 'drift' });
});
