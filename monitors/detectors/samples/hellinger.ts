/**
 * Hellinger distance: √(1 − Σ √(r·c)), from 0 to 1.
 *
 * Square roots give rare categories more say than Jensen–Shannon or total variation do.
 *
 * Source: E. Hellinger, J. reine angew. Math. 136 (1909).
 */
import { hellinger } from '../../../statistics/shares.ts';
import { defineShareDistance } from './share-distance.ts';

export const hellingerTest = defineShareDistance(
  {
    name: 'hellinger',
    answers: 'How far have the shares of bins or categories moved, rare ones included?',
    measures: 'distance from 0 to 1',
    source: 'E. Hellinger, J. reine angew. Math. 136 (1909)',
    example: {
      reference: ['a', 'a', 'b', 'b'],
      current: ['a', 'b', 'b', 'b'],
      statistic: 0.184592,
      pValue: null,
    },
  },
  hellinger,
);
