import { describe, test } from 'vitest';
import { jensenShannon } from '../../../statistics/shares.ts';
import { expectClose, needsVectors, readVector } from './vector.ts';

type Input = { pairs: { p: number[]; q: number[] }[] };
type Expected = { results: { js_distance_base2: number }[] };

describe.skipIf(needsVectors().skip)('distances of histograms, as SciPy has them', () => {
  test('Jensen–Shannon in base 2', () => {
    const { input, expected } = readVector<Input, Expected>('histogram-distances');
    for (const [i, { p, q }] of input.pairs.entries()) {
      expectClose(jensenShannon(p, q), expected.results[i]!.js_distance_base2, { rel: 1e-9, abs: 1e-12 });
    }
  });
});
