/**
 * Domain classifier: can a model tell the reference from what is current?
 *
 * A logistic regression (C = 1, features scaled by the mean and deviation of its training rows) learns to tell the two
 * apart in `folds` folds, row i of both together in fold i mod folds; every row is scored by the fold that has not seen
 * it. The area under the ROC curve of those scores is .5 where nothing can be told, 1 where everything can. p is that of
 * Mann–Whitney on the scores, one-sided.
 *
 * It sees changes of many features at once and says of each row how new it looks; being linear, it is blind to changes
 * of spread or shape alone: MMD sees those.
 *
 * Source: S. Rabanser et al., "Failing loudly", NeurIPS 2019. Agrees with scikit-learn's LogisticRegression.
 */
import { fitLogistic, scoreLogistic } from '../../../statistics/logistic.ts';
import type { Logistic } from '../../../statistics/logistic.ts';
import { mannWhitney } from '../../../statistics/rank-tests.ts';
import { rocAuc } from '../../../statistics/ranking.ts';
import { scalingOf } from '../../../statistics/scaling.ts';
import { number, whole } from '../knobs.ts';
import { asRows, defineSampleTest, exampleRows } from './sample-test.ts';

type Rows = readonly (readonly number[])[];

export const domainClassifier = defineSampleTest({
  name: 'domain-classifier',
  also: ['classifier-two-sample', 'c2st'],
  answers: 'Can a model tell the rows of the reference from those of now?',
  measures: 'area under the ROC curve out of fold: .5 for no, 1 for always',
  takes: ['rows', 'numbers'],
  knobs: {
    folds: whole(5, { atLeast: 2, atMost: 100 }, 'more trains on more rows, slower'),
    C: number(1, { above: 0 }, 'less holds the weights nearer to nothing'),
  },
  source: 'S. Rabanser et al., "Failing loudly", NeurIPS 2019; as LogisticRegression of scikit-learn',
  example: { ...exampleRows, statistic: 1, pValue: 0.038261 },
  compare(reference, current, { folds, C }) {
    const { auc, pValue } = classifyDomains(asRows(reference), asRows(current), folds, C);
    return { statistic: auc, pValue };
  },
});

export type Domains = Readonly<{
  auc: number;
  pValue: number;
  /** How much each row looks like what is current: those of the reference first. */
  scores: Float64Array;
  /** The model of each fold, on scaled features. */
  models: readonly Logistic[];
}>;

export function classifyDomains(reference: Rows, current: Rows, folds: number, c: number): Domains {
  const rows = [...reference, ...current];
  const isCurrent = Uint8Array.from(rows, (_, i) => (i < reference.length ? 0 : 1));
  const scores = new Float64Array(rows.length);
  const models: Logistic[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    const train = rows.map((_, i) => i).filter((i) => i % folds !== fold);
    const scale = scalingOf(train.map((i) => rows[i]!));
    const model = fitLogistic(
      train.map((i) => scale(rows[i]!)),
      train.map((i) => isCurrent[i]!),
      c,
    );
    models.push(model);
    for (let i = fold; i < rows.length; i += folds) scores[i] = scoreLogistic(model, scale(rows[i]!));
  }
  const [of, now] = [scores.subarray(0, reference.length), scores.subarray(reference.length)];
  return {
    auc: rocAuc(scores, isCurrent),
    pValue: mannWhitney(now, of, 'greater').pValue,
    scores,
    models,
  };
}
