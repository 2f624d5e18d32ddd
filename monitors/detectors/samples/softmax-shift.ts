/**
 * Softmax shift: do a model's outputs look as they did, without any label and for any kind of input?
 *
 * Each class probability is compared with its reference by Kolmogorov–Smirnov, and the p-values are adjusted for their
 * number. The statistic is the widest gap of any class, p the least adjusted one: a shift in text or images shows in what
 * the model makes of them. Blind to changes that the model does not notice, which are those that hurt silently.
 *
 * Source: S. Rabanser et al., "Failing loudly", NeurIPS 2019 (black-box shift detection, BBSDs).
 */
import { benjaminiHochberg, bonferroni } from '../../../statistics/multiple-testing.ts';
import { choice } from '../knobs.ts';
import { kolmogorovSmirnov } from './ks.ts';
import { defineSampleTest } from './sample-test.ts';

export const softmaxShift = defineSampleTest({
  name: 'softmax-shift',
  also: ['bbsd'],
  answers: 'Do the outputs of a model look as they did, whatever its inputs are?',
  measures: 'D of the class that moved most, from 0 to 1',
  takes: ['rows'],
  knobs: {
    adjust: choice(
      ['bonferroni', 'benjamini-hochberg'],
      'benjamini-hochberg finds more where many classes move together',
    ),
  },
  source: 'S. Rabanser et al., "Failing loudly", NeurIPS 2019',
  example: {
    reference: [
      [0.9, 0.1],
      [0.8, 0.2],
      [0.7, 0.3],
    ],
    current: [
      [0.4, 0.6],
      [0.3, 0.7],
      [0.2, 0.8],
    ],
    statistic: 1,
    pValue: 0.2,
  },
  compare(reference, current, { adjust }) {
    const tests = reference[0]!.map((_, k) =>
      kolmogorovSmirnov(
        reference.map((row) => row[k]!),
        current.map((row) => row[k]!),
        { alternative: 'two-sided', method: 'auto' },
      ),
    );
    const pValues = (adjust === 'bonferroni' ? bonferroni : benjaminiHochberg)(
      tests.map(({ pValue }) => pValue),
    );
    return { statistic: Math.max(...tests.map(({ statistic }) => statistic)), pValue: Math.min(...pValues) };
  },
});
