import { assert, nat, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { uniform } from '../../../statistics/binomial-draw.ts';
import { logEValue } from '../../../statistics/e-process.ts';
import { logEAbove, logEBelow, pairedBounds } from '../../../statistics/sequential/paired-difference.ts';

const counts = record({ wins: nat(400), losses: nat(400), ties: nat(2_000) });

test('against no difference it is the e-process on the discordant pairs', () => {
  assert(
    property(counts, (pairs) => {
      expect(logEAbove(pairs, 0)).toBeCloseTo(logEValue(pairs.wins, pairs.losses), 9);
      expect(logEBelow(pairs, 0)).toBeCloseTo(logEValue(pairs.losses, pairs.wins), 9);
    }),
  );
});

test('the harder the question, the less evidence; so the bounds are where it ends', () => {
  assert(
    property(counts, (pairs) => {
      const { low, high } = pairedBounds(pairs, 0.05);
      const rows = pairs.wins + pairs.losses + pairs.ties;
      if (rows > 0) {
        expect(low).toBeLessThanOrEqual((pairs.wins - pairs.losses) / rows);
        expect(high).toBeGreaterThanOrEqual((pairs.wins - pairs.losses) / rows);
      }
      if (low > -0.999) expect(logEAbove(pairs, low - 1e-5)).toBeGreaterThanOrEqual(Math.log(20) - 1e-3);
      if (low < 0.99) expect(logEAbove(pairs, low + 1e-5)).toBeLessThan(Math.log(20) + 1e-3);
    }),
  );
});

test('with nothing seen nothing is known', () => {
  expect(pairedBounds({ wins: 0, losses: 0, ties: 0 }, 0.05)).toEqual({
    low: -1,
    high: 1,
  });
});

test.each([
  { mean: 0, discordant: 0.1 },
  { mean: 0.03, discordant: 0.15 },
  { mean: -0.02, discordant: 0.4 },
])(
  'the bound is above the truth at any of forty looks in at most 5 % of streams: $mean',
  ({ mean, discordant }) => {
    const draw = uniform(17);
    const streams = 1_000;
    let broken = 0;
    for (let s = 0; s < streams; s += 1) {
      const pairs = { wins: 0, losses: 0, ties: 0 };
      const logLimit = Math.log(20);
      let isBroken = false;
      for (let row = 1; row <= 1_000 && !isBroken; row += 1) {
        const u = draw();
        if (u < (discordant + mean) / 2) pairs.wins += 1;
        else if (u < discordant) pairs.losses += 1;
        else pairs.ties += 1;
        // The lower bound is above the truth exactly where the truth is refuted.
        isBroken = row % 25 === 0 && logEAbove(pairs, mean) >= logLimit;
      }
      if (isBroken) broken += 1;
    }
    // 5 % and three standard errors of a thousand streams.
    expect(broken / streams).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / streams));
  },
);
