import { expect, test } from 'vitest';
import { alphaOfLook, alphaOfUse } from '../../../../training/gate/spend-alpha.ts';

const MANY = Array.from({ length: 10_000 }, (_, i) => i + 1);
const sum = (parts: readonly number[]) => parts.reduce((a, b) => a + b, 0);

test('looks and uses spend α together, and no more, however many they are', () => {
  for (const spent of [
    sum(MANY.map((k) => alphaOfLook(0.05, k))),
    sum(MANY.map((k) => alphaOfUse(0.05, k))),
  ]) {
    expect(spent).toBeLessThan(0.05);
    expect(spent).toBeCloseTo(0.05, 4);
  }
});

test('a look or rows of which there are no others may spend all of it', () => {
  expect(alphaOfLook(0.05, 'only')).toBe(0.05);
  expect(alphaOfUse(0.05, undefined)).toBe(0.05);
});
