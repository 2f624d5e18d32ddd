import { expect, test } from 'vitest';
import { drawBinomial, drawMultinomial, uniform } from '../../../statistics/binomial-draw.ts';
import { binomialCdf, chiSquareTail } from '../../../statistics/distributions.ts';

test.each([
  { n: 7, p: 0.3 },
  { n: 40, p: 0.9 },
  { n: 1_000, p: 0.004 },
  { n: 100, p: 0.25 },
  { n: 5_000, p: 0.6 },
])('drawn counts are distributed as theirs are: n $n, p $p', ({ n, p }) => {
  const draw = uniform(3);
  const draws = 20_000;
  const seen = new Map<number, number>();
  for (let i = 0; i < draws; i += 1) {
    const k = drawBinomial(n, p, draw);
    seen.set(k, (seen.get(k) ?? 0) + 1);
  }
  // Chi-square over counts that are expected at least 20 times, the tails put together.
  let [statistic, cells, observed, expected] = [0, 0, 0, 0];
  for (let k = 0; k <= n; k += 1) {
    observed += seen.get(k) ?? 0;
    expected += draws * (binomialCdf(k, n, p) - (k === 0 ? 0 : binomialCdf(k - 1, n, p)));
    if (expected < 20) continue;
    statistic += (observed - expected) ** 2 / expected;
    [cells, observed, expected] = [cells + 1, 0, 0];
  }
  expect(chiSquareTail(statistic, cells - 1)).toBeGreaterThan(0.001);
});

test('what cannot be otherwise is not drawn', () => {
  const draw = uniform(1);
  expect([drawBinomial(0, 0.5, draw), drawBinomial(9, 0, draw), drawBinomial(9, 1, draw)]).toEqual([0, 0, 9]);
});

test('as many rows are drawn as there were, none in an empty cell, each cell as its share', () => {
  const draw = uniform(5);
  const counts = [50, 0, 30, 20];
  const drawn = new Int32Array(4);
  const sums = [0, 0, 0, 0];
  for (let b = 0; b < 4_000; b += 1) {
    drawMultinomial(counts, drawn, draw);
    expect(drawn.reduce((sum, n) => sum + n, 0)).toBe(100);
    for (const [c, n] of drawn.entries()) sums[c]! += n / 4_000;
  }
  expect(sums[1]).toBe(0);
  for (const [c, mean] of sums.entries()) expect(Math.abs(mean - counts[c]!)).toBeLessThan(0.4);
});
