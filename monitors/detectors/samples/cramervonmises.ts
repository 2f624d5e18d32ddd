/**
 * Cramér–von Mises test: do two sets of numbers have the same distribution, all gaps counted?
 *
 * T is the mean square of the gap between the two shares of values up to x, over all values. It sees many small gaps
 * where Kolmogorov–Smirnov looks at the widest one only. p by the limit law, good from about twenty values each.
 *
 * Source: T. W. Anderson, Ann. Math. Stat. 33 (1962). Agrees with scipy.stats.cramervonmises_2samp, asymptotic.
 */
import { cramerVonMises } from '../../../statistics/rank-tests.ts';
import { defineSampleTest } from './sample-test.ts';

export const cramerVonMisesTest = defineSampleTest({
  name: 'cramervonmises',
  also: ['cramer-von-mises', 'cvm'],
  answers: 'Do two sets of numbers have the same distribution, all gaps counted and not only the widest?',
  measures: 'T, from 0',
  takes: ['numbers'],
  knobs: {},
  source: 'T. W. Anderson, Ann. Math. Stat. 33 (1962); as scipy.stats.cramervonmises_2samp, asymptotic',
  example: { reference: [1, 2, 3, 4], current: [3, 4, 5, 6], statistic: 0.34375, pValue: 0.106848 },
  compare: cramerVonMises,
});
