/**
 * Wasserstein (earth mover's) distance: how far do the values have to be carried, on average, to make one set the other?
 *
 *     W = ∫ |F(x) − G(x)| dx
 *
 * In the units of the feature, so that a person can say what is much; with `scale: deviation` in standard deviations of
 * the reference, so that features can be compared. One far outlier moves it, as it moves the mean.
 *
 * Source: L. Kantorovich (1942). Agrees with scipy.stats.wasserstein_distance.
 */
import { wasserstein } from '../../../statistics/empirical.ts';
import { permutationP } from '../../../statistics/permutation.ts';
import { momentsOf } from '../../../statistics/welch.ts';
import { choice } from '../knobs.ts';
import { defineSampleTest, permutationKnobs } from './sample-test.ts';

export const wassersteinTest = defineSampleTest({
  name: 'wasserstein',
  also: ['emd', 'earth-movers-distance'],
  answers: 'How far do the values have to be carried, on average, to make one set the other?',
  measures: 'in the units of the values, or in deviations of the reference, from 0',
  takes: ['numbers'],
  knobs: {
    scale: choice(['none', 'deviation'], 'deviation: in standard deviations of the reference'),
    ...permutationKnobs,
  },
  source: 'L. Kantorovich (1942); as scipy.stats.wasserstein_distance',
  example: { reference: [1, 2, 3, 4], current: [3, 4, 5, 6], statistic: 2, pValue: null },
  compare(reference, current, { scale, permutations, seed }) {
    const distance = (a: readonly number[], b: readonly number[]) =>
      wasserstein({ values: a }, { values: b });
    const deviation = scale === 'none' ? 1 : Math.sqrt(momentsOf(reference).variance);
    const statistic = distance(reference, current) / (deviation || 1);
    return {
      statistic,
      pValue: permutations === 0 ? null : permutationP(reference, current, distance, { permutations, seed }),
    };
  },
});
