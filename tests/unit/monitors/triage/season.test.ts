import { expect, test } from 'vitest';
import { explainedBy } from '../../../../monitors/triage/explained.ts';
import { findSeason } from '../../../../monitors/triage/season.ts';

const HOUR = 3_600_000;
/** A row every three minutes for so many hours; one in ten is an error, in bad hours every other one. */
const hours = (n: number, isBad: (hour: number) => boolean) =>
  Array.from({ length: 20 * n }, (_, i) => ({
    atMs: (i * HOUR) / 20,
    isError: i % (isBad(Math.floor(i / 20)) ? 2 : 10) === 0,
  }));
const isNight = (hour: number) => hour % 24 >= 16;

test('a night as bad as two before it is a season; as bad as one is not yet', () => {
  const { isExplanation, says } = findSeason(hours(72, isNight));
  expect(isExplanation).toBe(true);
  expect(says).toContain('in 2 earlier days');
  expect(findSeason(hours(48, isNight)).isExplanation).toBe(false);
});

test('what began yesterday and stayed is no season, whatever the nights were like', () => {
  expect(findSeason(hours(96, (hour) => hour >= 80)).isExplanation).toBe(false);
  expect(findSeason(hours(96, (hour) => hour >= 70)).isExplanation).toBe(false);
});

test('one night that is worse than every night before is not explained by them', () => {
  const rows = hours(96, isNight).map(({ atMs, isError }) => ({
    atMs,
    isError: isError || atMs >= 88 * HOUR,
  }));
  expect(findSeason(rows).isExplanation).toBe(false);
});

test('a mixture explains a rise only where rows enough rule out that half of it is left', () => {
  const strata = (rows: number) => [
    { before: { hits: 50, rows: 1_000 }, now: { hits: rows / 20, rows } },
    { before: { hits: 40, rows: 100 }, now: { hits: 0.4 * rows, rows } },
  ];
  expect(explainedBy(strata(400))).toMatchObject({ expected: 0.225, now: 0.225, isExplained: true });
  expect(explainedBy(strata(20))).toMatchObject({ isExplained: false });
  // A stratum that was hardly there before has no error rate of its own.
  expect(explainedBy([{ before: { hits: 1, rows: 3 }, now: { hits: 40, rows: 100 } }])).toBeNull();
});
