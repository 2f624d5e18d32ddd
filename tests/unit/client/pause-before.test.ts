import { expect, test } from 'vitest';
import { pauseBefore } from '../../../client/pause-before.ts';

const limits = { retries: 3, maxPauseMs: 5_000, chance: 1 };
const failed = { retryable: true, retryAfterMs: null };

test('pauses double up to the longest, and chance spreads them', () => {
  const pauses = [0, 1, 2, 6, 9].map((attempt) => pauseBefore(attempt, failed, { ...limits, retries: 10 }));
  expect(pauses).toEqual([100, 200, 400, 5_000, 5_000]);
  expect(pauseBefore(2, failed, { ...limits, chance: 0.25 })).toBe(100);
});

test('what the server asks is waited at least, and not at all where it is too long', () => {
  expect(pauseBefore(0, { ...failed, retryAfterMs: 2_000 }, { ...limits, chance: 0.5 })).toBe(2_050);
  expect(pauseBefore(0, { ...failed, retryAfterMs: 5_001 }, limits)).toBeNull();
});

test('a mistake and the last attempt are not repeated', () => {
  expect(pauseBefore(0, { ...failed, retryable: false }, limits)).toBeNull();
  expect(pauseBefore(3, failed, limits)).toBeNull();
  expect(pauseBefore(0, failed, { ...limits, retries: 0 })).toBeNull();
});
