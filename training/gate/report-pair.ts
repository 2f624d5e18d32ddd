/** What an evaluation keeps of two versions on the same rows, whatever the task: never the verdict, always beside it. */
import type { DeclaredTask } from '../../domain/task.ts';
import { mcnemar } from '../../statistics/mcnemar.ts';
import { bootstrapFigures } from '../../statistics/bootstrap.ts';
import { wilson } from '../../statistics/proportions.ts';
import { evaluatePair, resamplesFor } from '../evaluate.ts';
import type { Estimate, EvaluateOptions, PairReport } from '../evaluate.ts';
import { accuracyBySlice } from '../evaluate-slices.ts';
import { pairsOf, type AnsweredRows, type Side } from './answered-rows.ts';
import { figureOf } from './measures.ts';

/** By name of the metric; accuracy, the share of right answers, is always there. */
type Figures = Readonly<Record<string, Estimate>>;

/** The same of a task whose answers are no labels to tell apart: there is no confusion to show. */
export type AnswerPairReport = Omit<PairReport, 'challenger' | 'champion' | 'difference'> &
  Readonly<{ challenger: Figures; champion: Figures; difference: Figures }>;

/** Whatever the task. */
export type AnyPairReport = PairReport | AnswerPairReport;

/** @throws RangeError without rows */
export function reportPair(
  task: DeclaredTask,
  answered: AnsweredRows,
  options: EvaluateOptions = {},
): AnyPairReport {
  if (task.kind === 'classification') return evaluatePair(task, answered, options);
  const { rows, ours, theirs, independent } = answered;
  const { seed = 1, resamples = resamplesFor(rows.length), confidence = 0.95 } = options;
  const names = Object.keys(ours.measures) as (keyof Side['measures'])[];
  const drawn = bootstrapFigures(
    rows.length,
    (weights) =>
      names.flatMap((name) => {
        const [a, b] = [figureOf(ours.measures[name]!, weights), figureOf(theirs.measures[name]!, weights)];
        return [a, b, a - b];
      }),
    { seed, resamples, confidence },
  );
  const column = (offset: number): Figures =>
    Object.fromEntries(
      names.map((name, i) => {
        const { estimate, low, high } = drawn[3 * i + offset]!;
        return [name, { estimate, low, high }];
      }),
    );
  const shareRight = ({ right }: Side): Estimate => {
    const count = right.reduce((sum, one) => sum + one, 0);
    return { estimate: count / rows.length, ...wilson(count, rows.length, confidence) };
  };
  const [difference] = bootstrapFigures(
    rows.length,
    (weights) => [
      weights.reduce((sum, weight, i) => sum + weight * (ours.right[i]! - theirs.right[i]!), 0) / rows.length,
    ],
    { seed, resamples, confidence },
  );
  const { wins, losses } = pairsOf(answered, independent);
  return {
    rows: rows.length,
    challenger: { accuracy: shareRight(ours), ...column(0) },
    champion: { accuracy: shareRight(theirs), ...column(1) },
    difference: {
      accuracy: { estimate: difference!.estimate, low: difference!.low, high: difference!.high },
      ...column(2),
    },
    discordant: { wins, losses, ...mcnemar(wins, losses) },
    labels: [],
    confusion: { challenger: [], champion: [] },
    accuracyBySlice: accuracyBySlice(rows, ours.right, theirs.right, {
      features: options.slices ?? [],
      confidence,
    }),
  };
}
