import { expect, test } from 'vitest';
import { gateKindOf, planFor } from '../../../activities/plan-run.ts';
import { defaultPolicy } from '../../../domain/policy/regret-policy.ts';
import type { PolicyView } from '../../../domain/ports.ts';
import type { Trigger, TriggerKind } from '../../../domain/run.ts';
import type { Version } from '../../../domain/version.ts';

const trigger = (kind: TriggerKind, more: Partial<Trigger> = {}): Trigger => ({
  kind,
  firedAt: '2026-03-01T12:00:00.000Z',
  reason: 'a test',
  ...more,
});
/** A champion that took over at 1,000, erred on one row in ten, and on one in two since `onset` rows ago. */
const view = (since: number, more: Partial<PolicyView> = {}): PolicyView => {
  const own = 1_500 + since;
  const errors = Uint8Array.from({ length: own }, (_, i) =>
    i < 1_500 ? Number(i % 10 === 0) : Number(i % 2 === 0),
  );
  return {
    labelled: 1_000 + own,
    champion: { version: 'v3' } as Version,
    tookOverAtSeq: 1_000,
    errors,
    regret: 60,
    lastTrainingAtSeq: null,
    lastWasDropped: false,
    plannedRefit: null,
    ...more,
  };
};

test('regret trains on the rows since the onset, patiently, and those rows prove nothing against the champion', () => {
  const plan = planFor(trigger('regret'), view(400), defaultPolicy);
  expect(plan).toMatchObject({
    kind: 'train',
    champion: 'v3',
    cutSeq: 2_900,
    gate: 'patient',
    isChosenByErrors: true,
    isRefit: false,
  });
  if (plan.kind === 'train') expect(Math.abs(plan.onsetSeq - 2_501)).toBeLessThan(5);
});

test('with too few rows since the onset it waits, and says until which label', () => {
  const plan = planFor(trigger('regret'), view(150), defaultPolicy);
  expect(plan).toMatchObject({ kind: 'wait', because: 'onset', labelled: 2_650 });
  if (plan.kind === 'wait') expect(Math.abs(plan.untilSeq - 2_750)).toBeLessThan(5);
});

test('regret that has fallen meanwhile is obsolete, and so is a refit that is not planned any more', () => {
  const fallen = planFor(trigger('regret'), view(400, { regret: 12 }), defaultPolicy);
  expect(fallen).toMatchObject({ kind: 'obsolete', sentence: expect.stringContaining('12.0 errors') });
  const refit = planFor(
    trigger('regret', { refit: { onsetSeq: 5 } }),
    view(400, { regret: 12 }),
    defaultPolicy,
  );
  expect(refit).toMatchObject({ kind: 'obsolete', sentence: expect.stringContaining('refit') });
});

test('who asks by hand or by the clock need not show regret nor wait for the gap; the gate is strict', () => {
  const quiet = view(0, { regret: 0, lastTrainingAtSeq: 2_400 });
  for (const kind of ['manual', 'schedule', 'volume'] as const) {
    const plan = planFor(trigger(kind), quiet, defaultPolicy);
    expect(plan).toMatchObject({ kind: 'train', gate: 'strict', isRefit: false });
  }
  // An alert of another kind does wait for the gap.
  expect(planFor(trigger('quality'), quiet, defaultPolicy)).toMatchObject({ kind: 'wait', because: 'gap' });
});

test('with fewer labelled rows than anything can be learnt from, even a person waits', () => {
  const plan = planFor(
    trigger('manual'),
    view(0, { labelled: 80, tookOverAtSeq: 0, errors: new Uint8Array(80) }),
    defaultPolicy,
  );
  expect(plan).toMatchObject({ kind: 'wait', because: 'rows', untilSeq: 250 });
});

test('a planned refit that is due trains from its own onset', () => {
  const due = view(400, { regret: 0, plannedRefit: { onsetSeq: 1_900, atSeq: 2_900 } });
  expect(planFor(trigger('regret', { refit: { onsetSeq: 1_900 } }), due, defaultPolicy)).toMatchObject({
    kind: 'train',
    fromSeq: 1_900,
    onsetSeq: 1_900,
    isRefit: true,
    gate: 'patient',
  });
});

test('a gate is patient only where the champion is known to be bad', () => {
  const of = (kind: TriggerKind, regret: number) => gateKindOf(trigger(kind), regret, defaultPolicy);
  expect([of('regret', 0), of('quality', 49), of('quality', 50), of('drift', 80)]).toEqual([
    'patient',
    'strict',
    'patient',
    'patient',
  ]);
  expect([of('manual', 80), of('schedule', 80), of('volume', 80)]).toEqual(['strict', 'strict', 'strict']);
});
