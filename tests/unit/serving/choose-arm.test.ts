import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import type { Route } from '../../../domain/version.ts';
import { chooseArm } from '../../../serving/choose-arm.ts';

const route = (share: number | null, version = 'v2'): Route => ({
  model: 'meter',
  generation: 1,
  champion: { version: 'v1', digest: 'a' },
  challenger: share === null ? null : { version, digest: 'b', share },
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

test('another challenger is tried on other units', () => {
  const units = Array.from({ length: 2_000 }, (_, i) => `u${i}`);
  const isOn = (version: string, unit: string) => chooseArm(route(0.2, version), unit) === 'challenger';
  const both = units.filter((unit) => isOn('v2', unit) && isOn('v3', unit));
  // Independent shares of .2 overlap on .04 of the units: 80 of 2,000, standard deviation under 9.
  expect(both.length).toBeGreaterThan(35);
  expect(both.length).toBeLessThan(125);
});
