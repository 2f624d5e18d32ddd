/**
 * A model that writes, on pairs of answers that it has not seen: does it now find those likelier that people preferred?
 *
 * An answer's reward is β · log π/π₀, with π₀ the base. Preference accuracy is the share of the pairs whose chosen answer
 * is rewarded more; the reward margin is by how much, in the mean. Token loss is of the chosen answers: a model that has
 * forgotten how to write would show there.
 */
import { bootstrapFigures, bootstrapMean } from '../../statistics/bootstrap.ts';
import { wilson } from '../../statistics/proportions.ts';
import type { Estimate } from '../evaluate.ts';
import { sliceRows } from '../slice-rows.ts';
import type { SliceReport } from '../slice-rows.ts';
import { rewardsOf } from './rewards.ts';
import { evenly } from './evaluate-answers.ts';
import { meanScore } from './token-scores.ts';
import type { TokenScore } from './token-scores.ts';

export type PreferenceMetric = 'preferenceAccuracy' | 'rewardMargin' | 'tokenLoss';

export type PreferenceSample = Readonly<{ prompt: string; chosen: string; rejected: string; margin: number }>;

export type PreferenceReport = Readonly<{
  kind: 'preferences';
  rows: number;
  metrics: Readonly<Record<PreferenceMetric, Estimate>>;
  /** The base: the share of the pairs whose chosen answer it found likelier, and its loss on the chosen answers. */
  baseline: Readonly<{ likelier: number; tokenLoss: number }>;
  /** Some of the pairs, the wrongest first. */
  samples: readonly PreferenceSample[];
  /** Preference accuracy in parts of the rows, the worst first. */
  slices: readonly SliceReport[];
}>;

/** Both answers of a pair, as one model sees them. */
export type ScoredPair = Readonly<{ chosen: TokenScore; rejected: TokenScore }>;

export type PreferenceTest = {
  pairs: readonly {
    prompt: string;
    chosen: string;
    rejected: string;
    slices: Readonly<Record<string, string>>;
  }[];
  scores: readonly ScoredPair[];
  /** The base's. */
  before: readonly ScoredPair[];
  beta: number;
  seed: number;
};

const RESAMPLES = 200;
const SAMPLES = 30;

/** @throws RangeError where there are no rows */
export function evaluatePreferences({ pairs, scores, before, beta, seed }: PreferenceTest): PreferenceReport {
  const rows = pairs.length;
  if (rows === 0) throw new RangeError('No pairs');
  const options = { seed, resamples: RESAMPLES };
  const margins = rewardsOf(scores.map(logProbabilities), before.map(logProbabilities), beta).map(
    ({ chosen, rejected }) => chosen - rejected,
  );
  const chosen = scores.map((pair) => pair.chosen);
  const [tokenLoss] = bootstrapFigures(
    rows,
    (weights) => [
      meanScore(
        chosen.map((one, i) => ({ ...one, loss: weights[i]! * one.loss, tokens: weights[i]! * one.tokens })),
      ).loss,
    ],
    options,
  );
  const accuracyOf = (indices: readonly number[]): Estimate => {
    const right = indices.filter((i) => margins[i]! > 0).length;
    return { estimate: right / indices.length, ...wilson(right, indices.length) };
  };
  return {
    kind: 'preferences',
    rows,
    metrics: {
      preferenceAccuracy: accuracyOf(margins.map((_, i) => i)),
      rewardMargin: interval(bootstrapMean(margins, options)),
      tokenLoss: interval(tokenLoss!),
    },
    baseline: {
      likelier: before.filter((pair) => pair.chosen.loss < pair.rejected.loss).length / rows,
      tokenLoss: meanScore(before.map((pair) => pair.chosen)).loss,
    },
    samples: evenly(
      pairs
        .map(({ prompt, chosen: liked, rejected }, i) => ({
          prompt,
          chosen: liked,
          rejected,
          margin: margins[i]!,
        }))
        .sort((a, b) => a.margin - b.margin),
      SAMPLES,
    ),
    slices: sliceRows(rows, (row) => pairs[row]!.slices, accuracyOf).sort(
      (a, b) => a.figure.high - b.figure.high,
    ),
  };
}

const logProbabilities = ({ chosen, rejected }: ScoredPair) => ({
  chosen: -chosen.loss,
  rejected: -rejected.loss,
});

const interval = ({ estimate, low, high }: Estimate): Estimate => ({ estimate, low, high });
