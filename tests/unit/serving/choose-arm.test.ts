import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import type { Route, TrialMode } from '../../../domain/version.ts';
import { answererOf, armsOf, chooseArm, isShadowed } from '../../../serving/choose-arm.ts';

const route = (share: number | null, version = 'v2', mode: TrialMode = 'canary'): Route => ({
  model: 'meter',
  generation: 1,
  champion: { version: 'v1', digest: 'a' },
  challenger: share === null ? null : { version, digest: 'b', share, mode },
  updatedAt: '2025-01-01T00:00:00.000Z',
});

test('without a challenger, or with a share of zero, the champion answers everything', () => {
  fc.assert(
    fc.property(fc.string(), (unit) => {
      expect(chooseArm(route(null), unit)).toBe('champion');
      expect(chooseArm(route(0), unit)).toBe('champion');
    }),
  );
});

test('a unit that is on the challenger stays there when its share grows', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (unit, a, b) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        if (chooseArm(route(small), unit) === 'challenger')
          expect(chooseArm(route(large), unit)).toBe('challenger');
      },
    ),
  );
});

test.each([0.05, 0.25, 0.5])(
  'a share of %d is that share of many units, within five standard errors',
  (share) => {
    const n = 20_000;
    let challenged = 0;
    for (let i = 0; i < n; i += 1)
      if (chooseArm(route(share), `household-${i}`) === 'challenger') challenged += 1;
    expect(Math.abs(challenged / n - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / n));
  },
);

const households = Array.from({ length: 20_000 }, (_, i) => `household-${i}`);

test.each([0.05, 0.25, 0.5])(
  'with a share of %d the baseline is as large as the challenger, within five standard errors',
  (share) => {
    const arms = households.map((unit) => chooseArm(route(share), unit));
    const size = (arm: string) => arms.filter((one) => one === arm).length;
    const error = Math.sqrt(households.length * 2 * share);
    expect(Math.abs(size('baseline') - size('challenger'))).toBeLessThan(5 * error);
    expect(Math.abs(size('baseline') - share * households.length)).toBeLessThan(5 * error);
  },
);

test('beyond a half the baseline is whatever the champion still answers', () => {
  const arms = new Set(households.map((unit) => chooseArm(route(0.75), unit)));
  expect(arms).toEqual(new Set(['challenger', 'baseline']));
});

test('in shadow the champion answers everything, and copies are as sticky as an arm', () => {
  const shadow = (share: number) => route(share, 'v2', 'shadow');
  const copied = households.filter((unit) => isShadowed(shadow(0.25), unit));
  expect(new Set(households.map((unit) => chooseArm(shadow(0.25), unit)))).toEqual(new Set(['champion']));
  expect(copied).toEqual(households.filter((unit) => chooseArm(route(0.25), unit) === 'challenger'));
  expect(households.every((unit) => isShadowed(shadow(1), unit))).toBe(true);
  expect(households.some((unit) => isShadowed(route(1), unit) || isShadowed(route(null), unit))).toBe(false);
});

test('in bake the challenger answers everything', () => {
  expect(new Set(households.map((unit) => chooseArm(route(1, 'v2', 'bake'), unit)))).toEqual(
    new Set(['challenger']),
  );
});

test('every arm that is chosen is one that the route is counted under', () => {
  for (const mode of ['shadow', 'canary', 'bake'] as const) {
    const counted = armsOf(route(0.25, 'v2', mode));
    const chosen = new Set(households.map((unit) => chooseArm(route(0.25, 'v2', mode), unit)));
    for (const arm of chosen)
      expect(counted).toContainEqual({ arm, version: answererOf(arm) === 'champion' ? 'v1' : 'v2' });
  }
});

test('another challenger is tried on other units', () => {
  const units = Array.from({ length: 2_000 }, (_, i) => `u${i}`);
  const isOn = (version: string, unit: string) => chooseArm(route(0.2, version), unit) === 'challenger';
  const both = units.filter((unit) => isOn('v2', unit) && isOn('v3', unit));
  // Independent shares of .2 overlap on .04 of the units: 80 of 2,000, standard deviation under 9.
  expect(both.length).toBeGreaterThan(35);
  expect(both.length).toBeLessThan(125);
});
