/**
 * χ² test of homogeneity: are the shares of the categories the same? Numbers are taken as codes of categories.
 *
 *     χ² = Σ (o − e)² / e
 *
 * Rough where fewer than five are expected in a category, and on many rows significant for any change: read it beside
 * Cramér's V, which says how strong.
 *
 * Source: K. Pearson (1900); F. Yates (1934). Agrees with scipy.stats.chi2_contingency.
 */
import { chiSquare } from '../../../statistics/contingency.ts';
import type { Table } from '../../../statistics/contingency.ts';
import { choice, flag } from '../knobs.ts';
import { defineSampleTest } from './sample-test.ts';
import { countsOf } from './share-distance.ts';

export const chi2 = defineSampleTest({
  name: 'chi2',
  also: ['chi-square', 'chi2-contingency'],
  answers: 'Are the shares of the categories the same?',
  measures: 'χ², from 0',
  takes: ['categories', 'numbers'],
  knobs: {
    correction: flag(true, "Yates' correction where there are two categories: surer on few rows"),
    measure: choice(['pearson', 'likelihood'], 'likelihood gives G, which is kinder to rare categories'),
  },
  source: 'K. Pearson (1900), F. Yates (1934); as scipy.stats.chi2_contingency',
  example: { reference: ['a', 'a', 'b', 'b'], current: ['a', 'b', 'b', 'b'], statistic: 0, pValue: 1 },
  compare(reference, current, options) {
    const { statistic, pValue } = chiSquare(tableOf(reference, current), options);
    return { statistic, pValue };
  },
});

/** Counts of each value of either sample: the reference in the first row, what is current in the second. */
export function tableOf(
  reference: readonly (string | number)[],
  current: readonly (string | number)[],
): Table {
  const [of, now] = [countsOf(reference), countsOf(current)];
  const values = [...new Set([...of.keys(), ...now.keys()])];
  return [values.map((value) => of.get(value) ?? 0), values.map((value) => now.get(value) ?? 0)];
}
