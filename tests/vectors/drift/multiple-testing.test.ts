import { describe, test } from 'vitest';
import { holm } from '../../../statistics/multiple-testing.ts';
import { expectClose, needsVectors, readVector } from './vector.ts';

type Input = { p_lists: number[][] };
type Expected = { results: { holm: { p_adjusted: number[] } }[] };

describe.skipIf(needsVectors().skip)('multiple testing, as statsmodels has it', () => {
  test('Holm', () => {
    const { input, expected } = readVector<Input, Expected>('multiple-testing');
    for (const [i, pValues] of input.p_lists.entries()) {
      const wanted = expected.results[i]!.holm.p_adjusted;
      holm(pValues).forEach((p, k) => expectClose(p, wanted[k]!, { abs: 1e-10 }, `list ${i}, entry ${k}`));
    }
  });
});
