/**
 * Cramér's V: how strongly have the categories changed, whatever the number of rows?
 *
 *     V = √( χ² / (n · (min(rows, columns) − 1)) ),   here √(χ²/n)
 *
 * 0 for the same shares, 1 for nothing in common. The effect size of the χ² test, whose p-value comes with it.
 *
 * Source: H. Cramér, "Mathematical methods of statistics" (1946), chapter 21.
 */
import { chiSquare, cramersV } from '../../../statistics/contingency.ts';
import { tableOf } from './chi2.ts';
import { defineSampleTest } from './sample-test.ts';

export const cramersVTest = defineSampleTest({
  name: 'cramers-v',
  answers: 'How strongly have the shares of the categories changed, whatever the number of rows?',
  measures: 'from 0 to 1; about .1 is weak, .3 moderate',
  takes: ['categories', 'numbers'],
  knobs: {},
  source: 'H. Cramér, "Mathematical methods of statistics" (1946), chapter 21',
  example: {
    reference: ['a', 'a', 'b', 'b'],
    current: ['a', 'b', 'b', 'b'],
    statistic: 0.258199,
    pValue: 0.465209,
  },
  compare(reference, current) {
    const table = tableOf(reference, current);
    return { statistic: cramersV(table), pValue: chiSquare(table, { correction: false }).pValue };
  },
});
