import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  linePath,
  rateBounds,
  scaleOf,
  spread,
  ticks,
  tickStep,
  timeTicks,
} from '../../../console/charts/axis.ts';

test('the bounds of a rate hold every value, stay within 0 and 1, and are not tighter than the least span', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
      const [low, high] = rateBounds(values);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      for (const value of values) {
        expect(value).toBeGreaterThanOrEqual(low - 1e-9);
        expect(value).toBeLessThanOrEqual(high + 1e-9);
      }
      if (Math.min(...values) > 0.1 && Math.max(...values) < 0.9) expect(high - low).toBeGreaterThan(0.19);
    }),
  );
});

test('steps are 1, 2 or 5 times a power of ten', () => {
  expect([tickStep(0.2, 4), tickStep(0.9, 4), tickStep(37, 4)]).toEqual([0.05, 0.5, 10]);
  expect(ticks([0.7, 0.9], 4)).toEqual([0.7, 0.75, 0.8, 0.85, 0.9]);
  expect(ticks([1, 1], 4)).toEqual([]);
});

describe('a time axis', () => {
  test('has ticks on whole steps of the clock of the reader', () => {
    const from = Date.parse('2026-11-20T10:11:00Z');
    const { at, stepMs } = timeTicks([from, from + 14 * 86_400_000], 8, 'Europe/Berlin');
    expect(stepMs).toBe(2 * 86_400_000);
    // Midnight in Berlin is 23:00 UTC in winter.
    expect(at.every((ms) => new Date(ms).getUTCHours() === 23)).toBe(true);
  });

  test('never has more ticks than asked for, by more than one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5_000, max: 400 * 86_400_000 }), (span) => {
        const { at } = timeTicks([1_700_000_000_000, 1_700_000_000_000 + span], 8, 'UTC');
        expect(at.length).toBeGreaterThanOrEqual(1);
        expect(at.length).toBeLessThanOrEqual(9);
      }),
    );
  });
});

test('a line is lifted over a gap: missing data is not drawn as if it were there', () => {
  const same = (v: number) => v;
  expect(
    linePath(
      [
        [0, 1],
        [10, 2],
        [20, 3],
        [60, 4],
        [70, 5],
      ],
      same,
      same,
      25,
    ),
  ).toBe('M0 1L10 2L20 3M60 4L70 5');
  expect(linePath([], same, same, 25)).toBe('');
  expect(scaleOf([0, 10], [100, 0])(2.5)).toBe(75);
});

test('labels keep their order and their distance', () => {
  expect(spread([10, 12, 11], 14, [0, 100])).toEqual([10, 38, 24]);
  expect(spread([95, 96], 14, [0, 100])).toEqual([86, 100]);
});
