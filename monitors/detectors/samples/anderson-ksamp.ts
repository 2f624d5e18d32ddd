/**
 * Anderson–Darling test of two samples: do they have the same distribution, the tails above all?
 *
 * As Cramér–von Mises, each gap weighted by how rare it is to be that far out. p comes from seven published quantiles,
 * so it is never below .001 and never above .25: compare it with a level, do not adjust it for many tests.
 *
 * Source: F. W. Scholz and M. A. Stephens, JASA 82 (1987). Agrees with scipy.stats.anderson_ksamp, midranks.
 */
import { andersonDarling } from '../../../statistics/rank-tests.ts';
import { defineSampleTest } from './sample-test.ts';

export const andersonTest = defineSampleTest({
  name: 'anderson-ksamp',
  also: ['anderson', 'anderson-darling'],
  answers: 'Do two sets of numbers have the same distribution, their tails above all?',
  measures: 'A² standardised, about 0 where nothing has changed; 1.96 is p = .05',
  takes: ['numbers'],
  knobs: {},
  source: 'F. W. Scholz, M. A. Stephens, JASA 82 (1987); as scipy.stats.anderson_ksamp',
  example: { reference: [1, 2, 3, 4], current: [3, 4, 5, 6], statistic: 1.690441, pValue: 0.065212 },
  compare: andersonDarling,
});
