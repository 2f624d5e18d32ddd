/**
 * Jensen–Shannon distance: how far have shares moved, on a scale that has an end?
 *
 *     JS = √( ½ Σ r·log₂(r/m) + ½ Σ c·log₂(c/m) ),   m = (r + c)/2
 *
 * From 0 to 1, a true distance, and finite whatever is empty: the one to compare features by.
 *
 * Source: J. Lin, IEEE Trans. Inf. Theory 37 (1991). Agrees with SciPy.
 */
import { jensenShannon } from '../../../statistics/shares.ts';
import { defineShareDistance } from './share-distance.ts';

export const jensenShannonTest = defineShareDistance(
  {
    name: 'jensen-shannon',
    also: ['js'],
    answers: 'How far have the shares of bins or categories moved, on a scale from 0 to 1?',
    measures: 'distance in base 2, 0 for the same to 1 for nothing in common',
    source:
      'J. Lin, "Divergence measures based on the Shannon entropy", IEEE Trans. Inf. Theory 37 (1991); as scipy.spatial.distance.jensenshannon',
    example: {
      reference: ['a', 'a', 'b', 'b'],
      current: ['a', 'b', 'b', 'b'],
      statistic: 0.220896,
      pValue: null,
    },
  },
  jensenShannon,
);
