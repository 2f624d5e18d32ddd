import { describe, test } from 'vitest';
import {
  betaCdf,
  betaQuantile,
  binomialCdf,
  normalCdf,
  normalQuantile,
  normalTail,
} from '../../../statistics/distributions.ts';
import { expectClose, needsVectors, readVector } from './vector.ts';

/** Rows of arguments, with the value last; those of the functions that exist by now. */
const ours: Record<string, [fn: (...args: number[]) => number, tolerance: { rel: number; abs: number }]> = {
  norm_cdf: [(z) => normalCdf(z), { rel: 1e-9, abs: 1e-14 }],
  norm_sf: [(z) => normalTail(z), { rel: 1e-9, abs: 1e-14 }],
  norm_ppf: [(p) => normalQuantile(p), { rel: 1e-8, abs: 1e-12 }],
  beta_cdf: [(x, a, b) => betaCdf(x, a, b), { rel: 1e-9, abs: 1e-14 }],
  beta_ppf: [(p, a, b) => betaQuantile(p, a, b), { rel: 1e-8, abs: 1e-12 }],
  binom_cdf: [(k, n, p) => binomialCdf(k, n, p), { rel: 1e-9, abs: 1e-14 }],
};

describe.skipIf(needsVectors().skip)('distributions, as SciPy has them', () => {
  test.each(Object.keys(ours))('%s', (name) => {
    const rows = readVector<object, Record<string, number[][]>>('distributions').expected[name]!;
    const [fn, tolerance] = ours[name]!;
    for (const row of rows)
      expectClose(fn(...row.slice(0, -1)), row.at(-1)!, tolerance, `${name}(${row.join()})`);
  });
});
