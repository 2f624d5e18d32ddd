/**
 * Kullback–Leibler divergence of what is current from the reference: Σ c · ln(c / r), in nats.
 *
 * Not symmetric: it weighs what has become frequent, and hardly sees what has become rare. An empty share counts as 1e-4,
 * as in PSI, which is this one in both directions together; the pure one is infinite where something is new.
 *
 * Source: S. Kullback and R. Leibler, Ann. Math. Stat. 22 (1951).
 */
import { kullbackLeiblerFilled } from '../../../statistics/shares.ts';
import { defineShareDistance } from './share-distance.ts';

export const kullbackLeiblerTest = defineShareDistance(
  {
    name: 'kl',
    also: ['kl-divergence', 'kullback-leibler'],
    answers: 'How much does it cost to take what is current for the reference?',
    measures: 'Σ c ln(c / r) in nats, from 0',
    source: 'S. Kullback, R. Leibler, "On information and sufficiency", Ann. Math. Stat. 22 (1951)',
    example: {
      reference: ['a', 'a', 'b', 'b'],
      current: ['a', 'b', 'b', 'b'],
      statistic: 0.130812,
      pValue: null,
    },
  },
  (reference, current) => kullbackLeiblerFilled(current, reference),
);
