/**
 * Mann–Whitney U test: do the values of one set tend to be larger than those of the other?
 *
 * U counts the pairs in which the value of the reference is the larger; U/(n·m) is how likely that is. Sees a shift,
 * whatever the shape, and not a change of spread.
 *
 * Source: H. B. Mann and D. R. Whitney, Ann. Math. Stat. 18 (1947). Agrees with scipy.stats.mannwhitneyu, asymptotic.
 */
import { mannWhitney } from '../../../statistics/rank-tests.ts';
import { choice } from '../knobs.ts';
import { defineSampleTest } from './sample-test.ts';

export const mannWhitneyTest = defineSampleTest({
  name: 'mannwhitneyu',
  also: ['mann-whitney', 'mann-whitney-u', 'mwu'],
  answers: 'Do the values of one set tend to be larger than those of the other?',
  measures: 'U, the pairs in which the reference is the larger, ties counting half',
  takes: ['numbers'],
  knobs: {
    alternative: choice(['two-sided', 'less', 'greater'], 'greater: the reference tends to be the larger'),
  },
  source: 'H. B. Mann, D. R. Whitney, Ann. Math. Stat. 18 (1947); as scipy.stats.mannwhitneyu, asymptotic',
  example: { reference: [1, 2, 3, 4], current: [3, 4, 5, 6], statistic: 2, pValue: 0.108063 },
  compare: (reference, current, { alternative }) => mannWhitney(reference, current, alternative),
});
