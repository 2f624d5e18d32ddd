import { expect, test } from 'vitest';
import { burnRates } from '../../../../monitors/rules/burn-rates.ts';

const DAY = 86_400_000;
const of = (atLeast: number, overMs: number, evaluationMs = 15_000) =>
  burnRates({ atLeast, overMs, evaluationMs });

test('for one failure in a thousand over 30 days they are those of the SRE workbook', () => {
  const rates = of(0.999, 30 * DAY);
  expect(rates.map(({ rate }) => Number(rate.toFixed(6)))).toEqual([14.4, 6, 3, 1]);
  expect(rates.map(({ longMs }) => longMs / 3_600_000)).toEqual([1, 6, 24, 72]);
  expect(rates.map(({ shortMs }) => shortMs / 60_000)).toEqual([5, 30, 120, 360]);
  expect(rates.map(({ level }) => level)).toEqual(['detected', 'detected', 'suspected', 'suspected']);
});

test.each([0.5, 0.7, 0.93, 0.99, 0.9999])(
  'with an objective of %f each can be reached, and burns its share of the budget in its long window',
  (atLeast) => {
    const overMs = 7 * DAY;
    for (const { rate, longMs, shortMs, share } of of(atLeast, overMs)) {
      expect(rate).toBeGreaterThanOrEqual(1);
      expect(rate * (1 - atLeast)).toBeLessThan(1);
      expect((rate * longMs) / overMs).toBeCloseTo(share, 3);
      expect(shortMs).toBeLessThan(longMs);
    }
  },
);

test('windows are whole evaluations, at least four, and never longer than the stretch', () => {
  for (const { longMs, shortMs } of of(0.93, 60_000, 7_000)) {
    expect(longMs % 7_000).toBe(0);
    expect(shortMs).toBe(28_000);
    expect(longMs).toBeLessThanOrEqual(63_000);
  }
});
