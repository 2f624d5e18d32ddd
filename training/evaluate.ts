/**
 * Challenger and champion on the same labelled rows: accuracy, macro precision, recall and F1, log loss and expected
 * calibration error, each with an interval for both and for the difference. Accuracy's interval is Wilson's; the others
 * come from a paired bootstrap: rows are drawn again for both versions at once, so that what both find hard cancels
 * out. Reported beside the gate's test, never instead of it.
 *
 * A label that is neither in the rows nor predicted has no part in the macro means.
 */
import type { InputRow } from '../domain/input.ts';
import type { Classification } from '../domain/task.ts';
import { bootstrapFigures } from '../statistics/bootstrap.ts';
import { mcnemar } from '../statistics/mcnemar.ts';
import { wilson } from '../statistics/proportions.ts';
import { accuracyBySlice } from './evaluate-slices.ts';
import type { SliceAccuracy } from './evaluate-slices.ts';
import { confusionOf, metricNames, metricsOf } from './metrics.ts';
import type { Answers, MetricName } from './metrics.ts';

export type Estimate = Readonly<{ estimate: number; low: number; high: number }>;

export type PairReport = Readonly<{
  rows: number;
  challenger: Readonly<Record<MetricName, Estimate>>;
  champion: Readonly<Record<MetricName, Estimate>>;
  /** Challenger minus champion; for log loss and ECE below zero is better. */
  difference: Readonly<Record<MetricName, Estimate>>;
  /** Rows that only one got right, and McNemar's two-sided p; valid for a single look, so no verdict hangs on it. */
  discordant: Readonly<{ wins: number; losses: number; exactP: number; midP: number }>;
  /** Rows by true label (down) and answer (across), in the order of `labels`. */
  labels: readonly string[];
  confusion: Readonly<{ challenger: readonly number[][]; champion: readonly number[][] }>;
  accuracyBySlice: readonly SliceAccuracy[];
}>;

export type EvaluateOptions = Readonly<{
  seed?: number;
  resamples?: number;
  confidence?: number;
  /** Features by whose values accuracy is shown too; needs rows with their input. */
  slices?: readonly string[];
}>;

/** What challenger (`ours`) and champion answered to the same rows, as numbers. */
type AnsweredPair = Readonly<{ rows: readonly { input?: InputRow }[]; ours: Answers; theirs: Answers }>;

/** @throws RangeError without rows */
export function evaluatePair(
  { labels }: Pick<Classification, 'labels'>,
  { rows, ours, theirs }: AnsweredPair,
  options: EvaluateOptions = {},
): PairReport {
  if (rows.length === 0) throw new RangeError('without rows there is nothing to evaluate');
  const { seed = 1, resamples = resamplesFor(rows.length), confidence = 0.95 } = options;
  const estimates = bootstrapFigures(
    rows.length,
    (weights) => {
      const [a, b] = [metricsOf(ours, weights), metricsOf(theirs, weights)];
      return metricNames.flatMap((name) => [a[name], b[name], a[name] - b[name]]);
    },
    { seed, resamples, confidence },
  );
  const column = (offset: number) =>
    Object.fromEntries(
      metricNames.map((name, i) => {
        const { estimate, low, high } = estimates[3 * i + offset]!;
        return [name, { estimate, low, high }];
      }),
    ) as Record<MetricName, Estimate>;
  const byWilson = (answers: Answers, bootstrapped: Record<MetricName, Estimate>) => {
    const { estimate } = bootstrapped.accuracy;
    const right = answers.right.reduce((sum, x) => sum + x, 0);
    return { ...bootstrapped, accuracy: { estimate, ...wilson(right, rows.length, confidence) } };
  };
  let [wins, losses] = [0, 0];
  for (let i = 0; i < rows.length; i += 1) {
    if (ours.right[i]! > theirs.right[i]!) wins += 1;
    if (ours.right[i]! < theirs.right[i]!) losses += 1;
  }
  return {
    rows: rows.length,
    challenger: byWilson(ours, column(0)),
    champion: byWilson(theirs, column(1)),
    difference: column(2),
    discordant: { wins, losses, ...mcnemar(wins, losses) },
    labels,
    confusion: { challenger: confusionOf(ours), champion: confusionOf(theirs) },
    accuracyBySlice: accuracyBySlice(rows, ours.right, theirs.right, {
      features: options.slices ?? [],
      confidence,
    }),
  };
}

/** Many rows need fewer resamples, and a look must not keep its process busy for seconds. */
export const resamplesFor = (rows: number) => Math.max(100, Math.min(400, Math.round(2_000_000 / rows)));
