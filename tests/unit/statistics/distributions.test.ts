import { expect, test } from 'vitest';
import {
  betaCdf,
  betaQuantile,
  binomialCdf,
  normalCdf,
  normalQuantile,
  normalTail,
} from '../../../statistics/distributions.ts';

test('a normal tail far out does not drown in rounding', () => {
  expect(normalTail(10) / 7.61985302416047e-24).toBeCloseTo(1, 9); // SciPy, norm.sf(10)
  expect(normalCdf(normalQuantile(0.975))).toBeCloseTo(0.975, 12);
});

test('a binomial reaches from nothing to everything', () => {
  expect(binomialCdf(-1, 10, 0.5)).toBe(0);
  expect(binomialCdf(10, 10, 0.5)).toBe(1);
  expect(binomialCdf(3, 10, 0.5)).toBeCloseTo(0.171875, 12);
});

test('the quantile undoes the distribution of a beta', () => {
  expect(betaCdf(betaQuantile(0.1, 5, 5), 5, 5)).toBeCloseTo(0.1, 10);
});
