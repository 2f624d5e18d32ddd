/**
 * Importance weighting: what is the performance now, if the inputs have moved and what they mean has not?
 *
 * CBPE asks how often a score came true on the reference. Where the inputs have moved (covariate shift), the same score
 * may come true more or less often, because other rows get it now. So each reference row is weighted by how much more
 * often its like comes now,
 *
 *     w(x) = p(now | x) / p(then | x) · rows then / rows now,
 *
 * from a logistic regression that tells the inputs apart, on features, squares and products; scores are calibrated with
 * those weights, and CBPE goes on from there. As NannyML's PAPE, with a simpler model of the weights.
 *
 * It cannot be trusted where few reference rows resemble those of now: `effectiveRows` = (Σw)²/Σw² says how many the
 * weighted ones are worth, and below `leastRows` the finding is `unknown`. Nor where what the inputs mean has changed
 * (concept drift), nor where the shift lies in something that is not among the inputs given.
 *
 * Source: J. Białek et al., "Estimating model performance under covariate shift without labels", arXiv 2401.08348;
 * weights: S. Bickel et al., "Discriminative learning under covariate shift", JMLR 10 (2009).
 */
import { InvalidInput } from '../../../statistics/invalid-input.ts';
import { fitIsotonic } from '../../../statistics/isotonic.ts';
import { fitLogistic, scoreLogistic } from '../../../statistics/logistic.ts';
import { scalingOf } from '../../../statistics/scaling.ts';
import { columnsOf } from './answers.ts';
import type { Answers, LabelledAnswers } from './answers.ts';
import { calibrate } from './calibrate-scores.ts';
import { withBand } from './cbpe.ts';
import type { Estimate } from './cbpe.ts';
import { about } from './estimator.ts';
import { estimatedMetrics, expectedMetric, samplingError, spreadsOf } from './expected-metrics.ts';
import type { EstimatedMetric } from './expected-metrics.ts';

type Rows = readonly (readonly number[])[];

export type WeightedEstimates = Readonly<{
  metrics: Readonly<Record<EstimatedMetric, Estimate>>;
  /** What the weighted reference rows are worth, as rows that all count alike. */
  effectiveRows: number;
}>;

export type WeightedOptions = Readonly<{
  /** Worth fewer reference rows than this, nothing is said. */
  leastRows?: number;
  /** No reference row counts more than so many: less is steadier, and follows a far shift less. */
  mostWeight?: number;
}>;

export const importanceWeightedAbout = about({
  name: 'importance-weighted',
  answers: 'What are the metrics now, if the inputs have moved and what they mean has not?',
  needs: 'scores, answers, labels and inputs of a reference; scores, answers and inputs of now',
  check: 'effectiveRows: what the reference rows that resemble those of now are worth',
  band: 'three standard errors of the rows now and of the effective rows of the reference',
  notTrusted:
    'where few reference rows resemble those of now, where the inputs mean something else (concept drift), and where the shift lies in something that is no input',
  source: 'J. Białek et al., arXiv 2401.08348 (PAPE of NannyML, with a simpler model of the weights)',
});

export function estimateImportanceWeighted(
  reference: LabelledAnswers & { inputs: Rows },
  current: Answers & { inputs: Rows },
  { leastRows = 100, mostWeight = 50 }: WeightedOptions = {},
): WeightedEstimates {
  const weights = importanceWeights(reference.inputs, current.inputs, mostWeight);
  const [then, now] = [
    columnsOf('importance-weighted', reference),
    columnsOf('importance-weighted', current),
  ];
  const curves = then.map(({ scores, is }) => fitIsotonic(scores, is, weights));
  const probabilities = calibrate(now, { curves });
  const effectiveRows = worthOf(weights);
  const isWorthIt = effectiveRows >= leastRows;
  const metrics = estimatedMetrics.map((metric) => {
    const spreads = spreadsOf(metric, then);
    const error = Math.hypot(
      samplingError(metric, spreads, current.scores.length),
      samplingError(metric, spreads, effectiveRows),
    );
    const estimate = withBand(expectedMetric(metric, now, probabilities), error, null);
    return [metric, isWorthIt ? estimate : { ...estimate, finding: 'unknown' }];
  });
  return { metrics: Object.fromEntries(metrics) as WeightedEstimates['metrics'], effectiveRows };
}

/** How much more often the like of each reference row comes now, above 0 and one on average. */
function importanceWeights(reference: Rows, current: Rows, most: number): Float64Array {
  const width = reference[0]?.length ?? 0;
  const rows = [...reference, ...current];
  const isSound =
    width > 0 &&
    current.length > 0 &&
    rows.every((row) => row.length === width && row.every(Number.isFinite));
  if (!isSound)
    throw new InvalidInput(
      'importance-weighted',
      `inputs of ${reference.length} and ${current.length} rows are not all the same numbers`,
      'Give for each row the same inputs as numbers, none missing.',
    );
  const scaleInputs = scalingOf(rows);
  const expanded = rows.map((row) => withProducts(scaleInputs(row)));
  const scale = scalingOf(expanded);
  const scaled = expanded.map(scale);
  const model = fitLogistic(
    scaled,
    rows.map((_, i) => (i < reference.length ? 0 : 1)),
  );
  const weights = Float64Array.from(reference, (_, i) => {
    const p = scoreLogistic(model, scaled[i]!);
    return Math.min(most, (p / (1 - p)) * (reference.length / current.length));
  });
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => Math.max(weight / mean, Number.EPSILON));
}

/** Beyond so many features there are squares, and no products of two. */
const MOST_PRODUCTS = 10;

function withProducts(row: readonly number[]): number[] {
  const squares = row.map((x) => x * x);
  if (row.length > MOST_PRODUCTS) return [...row, ...squares];
  return [...row, ...squares, ...row.flatMap((x, i) => row.slice(i + 1).map((y) => x * y))];
}

/** Kish's effective number of rows. */
function worthOf(weights: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return sum ** 2 / squares;
}
