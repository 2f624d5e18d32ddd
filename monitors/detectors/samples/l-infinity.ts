/**
 * L∞: the largest change of the share of any bin or category.
 *
 * Sees one category that explodes and is blind to many that move a little.
 *
 * Source: as NannyML computes it.
 */
import { largestShift } from '../../../statistics/shares.ts';
import { defineShareDistance } from './share-distance.ts';

export const largestShiftTest = defineShareDistance(
  {
    name: 'l-infinity',
    also: ['l-inf'],
    answers: 'Which is the largest change of any share?',
    measures: 'from 0 to 1',
    source: 'as nannyml l_infinity',
    example: {
      reference: ['a', 'a', 'b', 'b'],
      current: ['a', 'b', 'b', 'b'],
      statistic: 0.25,
      pValue: null,
    },
  },
  largestShift,
);
