/**
 * Energy distance: are two sets of numbers drawn from one distribution?
 *
 *     E = √( 2 ∫ (F(x) − G(x))² dx ) = √( 2·E|X − Y| − E|X − X′| − E|Y − Y′| )
 *
 * Zero only where the distributions are the same; less moved by one far outlier than Wasserstein's.
 *
 * Source: G. Székely and M. Rizzo, "Energy statistics", J. Stat. Plan. Inference 143 (2013). Agrees with SciPy.
 */
import { energyDistance } from '../../../statistics/empirical.ts';
import { permutationP } from '../../../statistics/permutation.ts';
import { defineSampleTest, permutationKnobs } from './sample-test.ts';

export const energyTest = defineSampleTest({
  name: 'energy-distance',
  also: ['energy'],
  answers: 'How far are two sets of numbers from being drawn from one distribution?',
  measures: 'in the square root of the units of the values, from 0',
  takes: ['numbers'],
  knobs: {
    ...permutationKnobs,
  },
  source:
    'G. Székely, M. Rizzo, "Energy statistics", J. Stat. Plan. Inference 143 (2013); as scipy.stats.energy_distance',
  example: { reference: [1, 2, 3, 4], current: [3, 4, 5, 6], statistic: 1.322876, pValue: null },
  compare(reference, current, { permutations, seed }) {
    const distance = (a: readonly number[], b: readonly number[]) =>
      energyDistance({ values: a }, { values: b });
    return {
      statistic: distance(reference, current),
      pValue: permutations === 0 ? null : permutationP(reference, current, distance, { permutations, seed }),
    };
  },
});
