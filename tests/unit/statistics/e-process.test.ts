import { expect, test } from 'vitest';
import { eValue, logEValue, SHARES } from '../../../statistics/e-process.ts';
import { labelsToSettle } from '../../../statistics/sequential/labels-to-settle.ts';

test('nothing seen is no evidence', () => {
  expect(eValue(0, 0)).toBeCloseTo(1, 12);
});

test('E is the mean of the nine bets, multiplied out', () => {
  const direct = (w: number, l: number) =>
    SHARES.reduce((sum, share) => sum + (1 + share) ** w * (1 - share) ** l, 0) / SHARES.length;
  for (const [w, l] of [
    [1, 0],
    [6, 0],
    [7, 0],
    [12, 3],
    [3, 12],
    [40, 20],
  ] as const) {
    expect(eValue(w, l)).toBeCloseTo(direct(w, l), 8);
  }
});

test('six wins in a row are not yet evidence at .05, seven are', () => {
  expect(eValue(6, 0)).toBeLessThan(20);
  expect(eValue(7, 0)).toBeGreaterThan(20);
});

test('a million wins neither overflow nor leave JSON', () => {
  expect(logEValue(1e6, 0)).toBeCloseTo(1e6 * Math.log(1.9) - Math.log(9), 3);
  expect(JSON.parse(JSON.stringify(eValue(1e6, 0)))).toBe(Number.MAX_VALUE);
  expect(eValue(0, 1e6)).toBe(0);
});

test('the forecast is the first number of rows at which the present pace is evidence', () => {
  const seen = { wins: 12, losses: 6, rows: 180, alpha: 0.05 };
  const more = labelsToSettle(seen)!;
  const at = (n: number) => {
    const grown = 1 + n / seen.rows;
    return eValue(seen.wins * grown, seen.losses * grown);
  };
  expect(at(more)).toBeGreaterThan(20);
  expect(at(more - 1)).toBeLessThanOrEqual(20);
});

test('the forecast is the same for the challenger behind as for the challenger ahead', () => {
  expect(labelsToSettle({ wins: 6, losses: 12, rows: 180, alpha: 0.05 })).toBe(
    labelsToSettle({ wins: 12, losses: 6, rows: 180, alpha: 0.05 }),
  );
});

test('there is no forecast where there is none to make', () => {
  expect(labelsToSettle({ wins: 0, losses: 0, rows: 0, alpha: 0.05 })).toBeNull();
  expect(labelsToSettle({ wins: 9, losses: 9, rows: 500, alpha: 0.05 })).toBeNull();
  expect(labelsToSettle({ wins: 20, losses: 0, rows: 40, alpha: 0.05 })).toBe(0);
  // A lead of one in ten thousand discordant rows would take longer than anybody waits.
  expect(labelsToSettle({ wins: 5001, losses: 5000, rows: 100_000, alpha: 0.05 })).toBeNull();
});
