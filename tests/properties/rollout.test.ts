import {
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  property,
  record,
  uniqueArray,
} from 'fast-check';
import { expect, test } from 'vitest';
import { advance, begin, isOnTrial, trafficOf } from '../../domain/rollout.ts';
import type { Judgement, OnTrial, Rollout, RolloutEvent, RolloutPlan } from '../../domain/rollout.ts';

/** Histories of everything that may happen to a rollout, in any order; each is told to the end. */

const judgement = constantFrom<Judgement['kind']>('successful', 'failed', 'inconclusive', 'error').map(
  (kind): Judgement => ({ kind, sentence: `it was ${kind}` }),
);
const plans = record({
  shadow: boolean(),
  canary: uniqueArray(integer({ min: 1, max: 99 }), { maxLength: 4 }).map((shares) =>
    shares.toSorted((a, b) => a - b).map((share) => share / 100),
  ),
  bake: boolean(),
  errorLimit: integer({ min: 0, max: 3 }),
});
const ready = constantFrom(0, 0.3, 0.5, 0.9, 1, 1, 1);
const frozen = constantFrom(null, null, null, 'Production is frozen.');
const by = constant('anna');
const look = record({
  kind: constant('look' as const),
  judgement,
  time: constantFrom('early', 'due', 'late'),
  ready,
  frozen,
});
const event = oneof(
  { weight: 8, arbitrary: look },
  {
    weight: 1,
    arbitrary: record({ kind: constant('pause' as const), by, reason: constantFrom(null, 'wait') }),
  },
  { weight: 1, arbitrary: record({ kind: constant('resume' as const), by }) },
  {
    weight: 1,
    arbitrary: record({ kind: constant('skip' as const), by, reason: constant('known'), ready, frozen }),
  },
);
const ending = oneof(
  record({ kind: constant('abort' as const), by, reason: constant('customers complain') }),
  record({ kind: constant('overruled' as const), sentence: constant('v0 is the champion now.') }),
);
const history = array(oneof({ weight: 20, arbitrary: event }, { weight: 1, arbitrary: ending }), {
  maxLength: 40,
});
const often = { numRuns: 10_000 };

/** Every state of a history with the event that led there. */
function tell(plan: RolloutPlan, events: readonly RolloutEvent[]) {
  const states: { before: Rollout; event: RolloutEvent; after: Rollout }[] = [];
  let rollout = begin(plan);
  for (const one of events) {
    const after = advance(rollout, one, plan);
    states.push({ before: rollout, event: one, after });
    rollout = after;
  }
  return states;
}

/** The share of requests that a challenger answers. */
const weight = (rollout: Rollout) => {
  if (!isOnTrial(rollout)) return rollout.phase === 'champion' ? 1 : 0;
  const { mode, share } = trafficOf(rollout);
  return mode === 'shadow' ? 0 : share;
};

/** How far along a state is: what skipping and success raise, and nothing else. */
const rung = (rollout: Rollout) =>
  rollout.phase === 'shadow'
    ? 0
    : rollout.phase === 'canary'
      ? 1 + rollout.step
      : rollout.phase === 'bake'
        ? 100
        : rollout.phase === 'champion'
          ? 101
          : -1;

test('never two champions: whoever was withdrawn or overtaken never becomes one, and a champion stays one', () => {
  assert(
    property(plans, history, (plan, events) => {
      const phases = tell(plan, events).map(({ after }) => after.phase);
      const end = phases.findIndex((phase) => phase === 'champion' || phase === 'withdrawn');
      if (end >= 0) expect(new Set(phases.slice(end)).size).toBe(1);
    }),
    often,
  );
});

test('the challenger never answers more than the servers that have it loaded could carry', () => {
  assert(
    property(plans, history, (plan, events) => {
      // Servers load before they answer: until one has said otherwise, all of them have.
      let known = 1;
      for (const { before, event: heard, after } of tell(plan, events)) {
        const isRefused = heard.kind === 'skip' && heard.frozen !== null;
        if (heard.kind === 'look' && heard.judgement.kind === 'error') continue;
        if (isOnTrial(before) && 'ready' in heard && !isRefused) known = heard.ready;
        expect(weight(after)).toBeLessThanOrEqual(isOnTrial(before) ? known : 1);
      }
    }),
    often,
  );
});

test('an abort is heard in every state that has not ended, and so is another champion', () => {
  assert(
    property(plans, history, ending, (plan, events, last) => {
      const now = tell(plan, events).at(-1)?.after ?? begin(plan);
      const after = advance(now, last, plan);
      expect(after.phase).toBe(isOnTrial(now) ? 'withdrawn' : now.phase);
    }),
    often,
  );
});

test('no evidence never promotes: only a look that succeeded in its time, or a person with a reason, moves forward by one', () => {
  assert(
    property(plans, history, (plan, events) => {
      for (const { before, event: heard, after } of tell(plan, events)) {
        if (rung(after) <= rung(before)) continue;
        expect(
          heard.kind === 'skip' || (heard.kind === 'look' && heard.judgement.kind === 'successful'),
        ).toBe(true);
        expect(heard).toMatchObject({ frozen: null });
        if (heard.kind !== 'look') continue;
        expect(heard.time).not.toBe('early');
        expect(['person', 'evidence']).not.toContain((before as OnTrial).hold?.for);
      }
    }),
    often,
  );
});

test('harm withdraws, also from whoever waits for a person, for metrics, or behind a freeze', () => {
  assert(
    property(plans, history, look, (plan, events, last) => {
      const now = tell(plan, events).at(-1)?.after ?? begin(plan);
      const failed = advance(now, { ...last, judgement: { kind: 'failed', sentence: 'harm' } }, plan);
      if (isOnTrial(now)) expect(failed).toEqual({ phase: 'withdrawn', because: 'harm' });
    }),
    often,
  );
});

test('a blackout holds after so many looks, is no end, and is over by itself', () => {
  assert(
    property(plans, integer({ min: 1, max: 50 }), (plan, more) => {
      const first = begin(plan);
      if (!isOnTrial(first)) return;
      const see = (rollout: Rollout, kind: Judgement['kind'], time: 'early' | 'late') =>
        advance(
          rollout,
          { kind: 'look', judgement: { kind, sentence: 's' }, time, ready: 1, frozen: null },
          plan,
        );
      let rollout: Rollout = first;
      for (let i = 0; i <= plan.errorLimit + more; i += 1) {
        rollout = see(rollout, 'error', 'late');
        expect(isOnTrial(rollout) && rollout.hold?.for === 'metrics').toBe(i >= plan.errorLimit);
      }
      expect(see(rollout, 'inconclusive', 'early')).toEqual(first);
      expect(see(rollout, 'inconclusive', 'late')).toMatchObject({ hold: { for: 'evidence' } });
    }),
  );
});

test('a plan is walked in its order', () => {
  const plan = { shadow: true, canary: [0.05, 0.5], bake: true, errorLimit: 1 };
  const well: RolloutEvent = {
    kind: 'look',
    judgement: { kind: 'successful', sentence: 's' },
    time: 'due',
    ready: 1,
    frozen: null,
  };
  const states = tell(plan, [well, well, well, well, well]).map(({ after }) => after);
  expect(states.map(({ phase }) => phase)).toEqual(['canary', 'canary', 'bake', 'champion', 'champion']);
  expect(states.map(weight)).toEqual([0.05, 0.5, 1, 1, 1]);
});
