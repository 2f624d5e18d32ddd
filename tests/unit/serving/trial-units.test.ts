import { expect, test } from 'vitest';
import type { Route, Trial } from '../../../domain/version.ts';
import { createTrialUnits } from '../../../serving/trial-units.ts';

const routeAt = (generation: number, trial: Omit<Trial, 'version'> | null): Route => ({
  model: 'm',
  generation,
  champion: { version: 'v1', digest: 'sha256:1' },
  challenger: trial === null ? null : { version: 'v2', digest: 'sha256:2', ...trial },
  updatedAt: '2026-11-27T08:00:00Z',
});
const canary = (generation: number, share = 0.1) => routeAt(generation, { mode: 'canary', share });

function counting() {
  let units = 0;
  const count = createTrialUnits((_, more) => (units += more));
  /** How many units a request of this entity adds. */
  return (route: Route, entity: string | null, arm: 'challenger' | 'champion' = 'challenger') => {
    const before = units;
    count(route, { version: 'v2', arm, entity, instances: 3 });
    return units - before;
  };
}

test('an entity is a unit once in a step, and each instance without one', () => {
  const adds = counting();
  expect([adds(canary(2), 'anna'), adds(canary(2), 'anna'), adds(canary(2), 'bert')]).toEqual([1, 0, 1]);
  expect(adds(canary(2), null)).toBe(3);
  expect(adds(canary(2), 'carl', 'champion')).toBe(0);
  // The same step under another generation, and the next one.
  expect(adds(canary(3), 'anna')).toBe(0);
  expect(adds(canary(4, 0.2), 'anna')).toBe(1);
});

test('a request that began before the step ends without a trace', () => {
  const adds = counting();
  const shadow = routeAt(1, { mode: 'shadow', share: 1 });
  expect([adds(shadow, 'anna'), adds(canary(2), 'anna'), adds(shadow, 'anna')]).toEqual([0, 1, 0]);
  expect(adds(canary(2), 'anna')).toBe(0);
  expect([adds(canary(3, 0.2), 'bert'), adds(canary(2), 'anna'), adds(canary(3, 0.2), 'bert')]).toEqual([
    1, 0, 0,
  ]);
});

test('the next canary of a version counts anew', () => {
  const adds = counting();
  expect([adds(canary(2), 'anna'), adds(routeAt(3, null), 'anna'), adds(canary(4), 'anna')]).toEqual([
    1, 0, 1,
  ]);
});
