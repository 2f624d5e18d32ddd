import { expect, test } from 'vitest';
import { simulateCanaries } from '../../bench/rollout/simulate.ts';

/** Short forms of `npm run bench -- rollout`. */
const healthy = { errors: 0.01, slow: 0.01, invalid: 0.0005 };
const look = { champion: healthy, looks: 50, requestsALook: 200 };

test('fifty looks withdraw an equal challenger no more often than α and a point', () => {
  const { withdrawn, promoted } = simulateCanaries({ ...look, challenger: healthy, canaries: 100, seed: 3 });
  expect(withdrawn).toBeLessThanOrEqual(0.06);
  expect(promoted).toBeGreaterThan(0.9);
});

test('two points more errors are caught', () => {
  const worse = { ...healthy, errors: 0.03 };
  expect(
    simulateCanaries({ ...look, challenger: worse, canaries: 40, seed: 4 }).withdrawn,
  ).toBeGreaterThanOrEqual(0.95);
});
