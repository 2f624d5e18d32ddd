/**
 * Welch's t-test: do two sets of numbers have the same mean?
 *
 *     t = (mean₁ − mean₂) / √(var₁/n₁ + var₂/n₂)
 *
 * For means, with variances of their own; for heavy tails on few values take Mann–Whitney.
 *
 * Source: B. L. Welch, Biometrika 34 (1947). Agrees with scipy.stats.ttest_ind(equal_var=False).
 */
import { welch } from '../../../statistics/welch.ts';
import { defineSampleTest } from './sample-test.ts';

export const welchTest = defineSampleTest({
  name: 'welch',
  also: ['welch-t', 'ttest'],
  answers: 'Do two sets of numbers have the same mean?',
  measures: 't, above 0 where the reference has the larger mean',
  takes: ['numbers'],
  knobs: {},
  source: 'B. L. Welch, Biometrika 34 (1947); as scipy.stats.ttest_ind(equal_var=False)',
  example: { reference: [1, 2, 3, 4], current: [3, 4, 5, 6], statistic: -2.19089, pValue: 0.070988 },
  compare(reference, current) {
    const { statistic, pValue } = welch(reference, current);
    return { statistic, pValue };
  },
});
