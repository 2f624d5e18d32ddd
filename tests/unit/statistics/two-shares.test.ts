import { assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { drawBinomial, uniform } from '../../../statistics/binomial-draw.ts';
import {
  differenceBounds,
  logEAboveBy,
  logEBelowBy,
  logEShareAbove,
  logEShareBelow,
  provableMargin,
} from '../../../statistics/sequential/two-shares.ts';

const count = (events: number, trials: number) => ({ events, trials });
const limit = -Math.log(0.05);

test('E of one arm is the Beta–binomial likelihood ratio: 8 of 10 against a share of ½, by hand', () => {
  // B(8.5, 2.5) / B(.5, .5) · 2^10 by the Gamma function of half numbers.
  const gammaOfHalf = (n: number) => {
    let value = Math.sqrt(Math.PI);
    for (let i = 0; i < n; i += 1) value *= i + 0.5;
    return value;
  };
  const e = ((gammaOfHalf(8) * gammaOfHalf(2)) / 3_628_800 / Math.PI) * 2 ** 10;
  expect(logEShareAbove(count(8, 10), 0.5)).toBeCloseTo(Math.log(e), 10);
});

test('the least of the product is found: no point of a fine grid lies below it', () => {
  const [a, b] = [count(30, 400), count(12, 500)];
  const least = logEAboveBy(a, b, 0.01);
  const onEdge = Array.from({ length: 989 }, (_, i) => {
    const theta = (i + 1) / 1_000;
    return logEShareAbove(a, 0) === Infinity ? logEAt(a, theta + 0.01) + logEAt(b, theta) : Number.NaN;
  });
  expect(Math.min(...onEdge)).toBeGreaterThanOrEqual(least);
  expect(Math.min(...onEdge)).toBeCloseTo(least, 2);
});

/** Against a share between the observed one and the bound both one-sided forms are the same number. */
const logEAt = (c: { events: number; trials: number }, share: number) =>
  share <= c.events / c.trials ? logEShareAbove(c, share) : logEShareBelow(c, share);

test('what is claimed as above is never claimed as below', () => {
  assert(
    property(
      integer({ min: 0, max: 300 }),
      integer({ min: 0, max: 300 }),
      integer({ min: -20, max: 20 }),
      (x, y, m) => {
        const [a, b] = [count(x, 300), count(y, 300)];
        const claims = [logEAboveBy(a, b, m / 100), logEBelowBy(a, b, m / 100)].map((e) => e >= limit);
        expect(claims).not.toEqual([true, true]);
        const { low, high } = differenceBounds(a, b, 0.05);
        expect(low).toBeLessThanOrEqual((x - y) / 300);
        expect(high).toBeGreaterThanOrEqual((x - y) / 300);
      },
    ),
  );
});

test('of nothing nothing is known, and more clean samples show more', () => {
  expect(logEAboveBy(count(5, 10), count(0, 0), 0)).toBeLessThan(0);
  expect(logEBelowBy(count(0, 0), count(0, 0), 0.1)).toBeLessThanOrEqual(0);
  const margins = [20, 50, 500, 5_000].map((n) => provableMargin(n, 0.05));
  expect(margins.map((m) => Number(m.toFixed(3)))).toEqual([0.301, 0.149, 0.02, 0.003]);
});

test('300 samples with a look every 20: an equal arm is called worse less often than α', () => {
  const draw = uniform(7);
  let alarms = 0;
  for (let run = 0; run < 400; run += 1) {
    let [a, b] = [0, 0];
    for (let trials = 20; trials <= 300; trials += 20) {
      a += drawBinomial(20, 0.1, draw);
      b += drawBinomial(20, 0.1, draw);
      if (logEAboveBy(count(a, trials), count(b, trials), 0) >= limit) {
        alarms += 1;
        break;
      }
    }
  }
  expect(alarms / 400).toBeLessThan(0.05);
  expect(alarms).toBeGreaterThan(0);
});
