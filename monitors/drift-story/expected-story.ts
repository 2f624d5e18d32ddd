/**
 * What could have been known of the last stretch before its labels came, beside what came true: every estimator of
 * performance without labels, learnt on the reference rows. Importance weighting is among them only here: it needs the
 * inputs of both stretches at once (docs/decisions/live-estimates.md).
 */
import type { InputRow } from '../../domain/input.ts';
import type { ReferenceShares } from '../../domain/reference-shares.ts';
import { columnsOf } from '../detectors/label-free/answers.ts';
import type { LabelledAnswers } from '../detectors/label-free/answers.ts';
import { estimateAtc, fitAtc } from '../detectors/label-free/atc.ts';
import { estimateCbpe, fitCbpe } from '../detectors/label-free/cbpe.ts';
import { meanOf } from '../detectors/label-free/confidence.ts';
import {
  estimateDifferenceOfConfidences,
  fitDifferenceOfConfidences,
} from '../detectors/label-free/difference-of-confidences.ts';
import { realizedMetric } from '../detectors/label-free/expected-metrics.ts';
import { estimateImportanceWeighted } from '../detectors/label-free/importance-weighted.ts';
import { numbersBy } from './rows-as-numbers.ts';

/** A labelled row and the scores of its answer; null where they were not stored. */
export type ScoredRow = Readonly<{
  input: InputRow;
  label: string;
  predicted: string;
  scores: Readonly<Record<string, number>> | null;
}>;

const storyMetrics = ['accuracy', 'f1', 'roc_auc'] as const;
type StoryMetric = (typeof storyMetrics)[number];

/** What a method expected of a metric; null where too few rows of the reference resemble those of now. */
type Expected = Readonly<{
  method: 'cbpe' | 'importance-weighted' | 'atc' | 'difference-of-confidences';
  metric: StoryMetric;
  range: Readonly<{ estimate: number; low: number; high: number }> | null;
}>;

export type ExpectedStory = Readonly<{
  rows: number;
  referenceRows: number;
  /** Null where the rows are all of one label. */
  cameTrue: Readonly<{ accuracy: number } & Record<Exclude<StoryMetric, 'accuracy'>, number | null>>;
  expected: readonly Expected[];
  /** What the reference rows that resemble those of now are worth. */
  effectiveRows: number;
}>;

/** Fewer rows of either stretch say too little. */
const LEAST_ROWS = 100;
/** More are not looked at: a fit takes as long as they are many. */
const MOST_ROWS = 5_000;

/**
 * @param first what the estimators are learnt on
 * @param last what they say something of
 * @returns null where too few rows have scores
 */
export function tellExpected(
  first: readonly ScoredRow[],
  last: readonly ScoredRow[],
  { labels, reference: shares }: { labels: readonly string[]; reference: ReferenceShares },
): ExpectedStory | null {
  const [then, now] = [answersOf(first, labels), answersOf(last, labels)];
  if (then.scores.length < LEAST_ROWS || now.scores.length < LEAST_ROWS) return null;
  const numbers = numbersBy(shares);
  const inputs = ({ rows }: { rows: readonly ScoredRow[] }) => rows.map(({ input }) => numbers(input));
  const cbpe = estimateCbpe(fitCbpe(then, { chunkSize: then.scores.length }), now);
  const weighted = estimateImportanceWeighted(
    { ...plain(then), inputs: inputs(then) },
    { ...plain(now), inputs: inputs(now) },
  );
  const reference = { probabilities: then.scores, truth: then.truth };
  const columns = columnsOf('cbpe', plain(now));
  const of = (method: Expected['method'], metric: StoryMetric, range: Expected['range']): Expected => ({
    method,
    metric,
    range: range !== null && Number.isFinite(range.estimate) ? range : null,
  });
  const within = ({ estimate, low, high }: { estimate: number; low: number; high: number }) => ({
    estimate,
    low,
    high,
  });
  return {
    rows: now.scores.length,
    referenceRows: then.scores.length,
    cameTrue: {
      accuracy: meanOf(now.truth.map((truth, i) => (truth === now.predicted[i] ? 1 : 0))),
      f1: realizedMetric('f1', columns),
      roc_auc: realizedMetric('roc_auc', columns),
    },
    effectiveRows: weighted.effectiveRows,
    expected: [
      ...storyMetrics.map((metric) => of('cbpe', metric, within(cbpe[metric]))),
      ...storyMetrics.map((metric) => {
        const estimate = weighted.metrics[metric];
        const range = estimate.finding === 'unknown' ? null : within(estimate);
        return of('importance-weighted', metric, range);
      }),
      of('atc', 'accuracy', estimateAtc(fitAtc(reference), now.scores)),
      of(
        'difference-of-confidences',
        'accuracy',
        estimateDifferenceOfConfidences(fitDifferenceOfConfidences(reference), now.scores),
      ),
    ],
  };
}

type Answered = LabelledAnswers & { rows: readonly ScoredRow[] };

const plain = ({ scores, predicted, truth }: LabelledAnswers): LabelledAnswers => ({
  scores,
  predicted,
  truth,
});

/** The newest rows whose scores can be used. */
function answersOf(rows: readonly ScoredRow[], labels: readonly string[]): Answered {
  const usable = rows
    .flatMap((row) => {
      const scores = labels.map((label) => row.scores?.[label] ?? NaN);
      const [predicted, truth] = [labels.indexOf(row.predicted), labels.indexOf(row.label)];
      const isUsable = predicted >= 0 && truth >= 0 && scores.every((score) => score >= 0 && score <= 1);
      return isUsable ? [{ row, scores, predicted, truth }] : [];
    })
    .slice(-MOST_ROWS);
  return {
    rows: usable.map(({ row }) => row),
    scores: usable.map(({ scores }) => scores),
    predicted: usable.map(({ predicted }) => predicted),
    truth: usable.map(({ truth }) => truth),
  };
}
