/**
 * Population stability index: how far have the shares of bins or categories moved?
 *
 *     PSI = Σ (c − r) · ln(c / r)
 *
 * over the shares r of the reference and c of now. Conventions disagree wildly where bins are empty; here an empty share
 * counts as 1e-4 and nothing is renormalised. A single new category can therefore make it large: read it with the bins.
 * Chance alone makes it about (bins − 1)(1/n + 1/m), so give it a few hundred rows.
 *
 * Source: B. Yurdakul, "Statistical properties of population stability index" (2018).
 */
import { psi as stabilityIndex } from '../../../statistics/shares.ts';
import { defineShareDistance } from './share-distance.ts';

export const psi = defineShareDistance(
  {
    name: 'psi',
    also: ['population-stability-index'],
    answers: 'How far have the shares of bins or categories moved?',
    measures: 'Σ (c − r) ln(c / r), from 0; below .1 steady, above .25 moved',
    source:
      'B. Yurdakul, "Statistical properties of population stability index" (2018); the convention is ours',
    example: {
      reference: ['a', 'a', 'b', 'b'],
      current: ['a', 'b', 'b', 'b'],
      statistic: 0.274653,
      pValue: null,
    },
  },
  stabilityIndex,
);
