/**
 * Total variation: ½ Σ |r − c|, the share of rows that would have to move. The easiest one to explain.
 *
 * Source: A. Tsybakov, "Introduction to nonparametric estimation" (2009), section 2.4.
 */
import { totalVariation } from '../../../statistics/shares.ts';
import { defineShareDistance } from './share-distance.ts';

export const totalVariationTest = defineShareDistance(
  {
    name: 'total-variation',
    also: ['tv', 'tvd'],
    answers: 'What share of the rows would have to move to another bin or category?',
    measures: 'from 0 to 1',
    source: 'A. Tsybakov, "Introduction to nonparametric estimation" (2009), section 2.4',
    example: {
      reference: ['a', 'a', 'b', 'b'],
      current: ['a', 'b', 'b', 'b'],
      statistic: 0.25,
      pValue: null,
    },
  },
  totalVariation,
);
