import type { LabelsOutput } from '../../domain/task.ts';
import { sigmoid } from '../sigmoid.ts';
import { CALIBRATION_ROWS, fitSigmoidTemperature } from '../temperature.ts';
import type { LabelSet } from './many-labels.ts';
import type { Held } from './telling.ts';

/** What turns logits into answers of any number of labels: scores are sigmoid(logit / temperature). */
export type LabelsSettled = Readonly<{
  temperature: number;
  /** A label is answered whose score is at least that. */
  threshold: number;
}>;

const AS_IT_IS: LabelsSettled = { temperature: 1, threshold: 0.5 };

/**
 * Scores that mean what they say, and the threshold above which a label is answered, by rows that were not trained on.
 *
 * One threshold serves all labels. It is the one with the highest micro F1, since what is answered at 0.5 misses much of
 * what is rare; one for each label would be chosen by the few rows that have it. Where few rows are there, or they say
 * nothing, it is 0.5.
 */
export function settleLabels(held: Held<LabelSet> | null, labels: number): LabelsSettled {
  if (held === null || held.labels.length < CALIBRATION_ROWS) return AS_IT_IS;
  const { logits, labels: truths } = held;
  const isSo = new Uint8Array(logits.length);
  for (let row = 0; row < truths.length; row += 1)
    for (const label of truths[row]!) isSo[row * labels + label] = 1;
  // Where every label of every row is right, ever larger scores would be: that says nothing of other rows.
  if (isSo.every((so, at) => (so === 1) === logits[at]! > 0)) return AS_IT_IS;
  const temperature = fitSigmoidTemperature(logits, (at) => isSo[at] === 1);
  const scores = Float64Array.from(logits, (logit) => sigmoid(logit / temperature));
  return { temperature, threshold: bestThreshold(scores, isSo) };
}

/**
 * The threshold with the highest F1 = 2 · hits / (answered + yes) over all decisions: halfway between two scores, and 0.5
 * where none is better.
 *
 * @param isSo of each score 1 for a yes, 0 for a no
 */
export function bestThreshold(scores: Float64Array, isSo: Uint8Array): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const yes = isSo.reduce((sum, so) => sum + so, 0);
  const f1 = (hits: number, answered: number) => (2 * hits) / Math.max(1, answered + yes);
  let [hits, answered] = [0, 0];
  for (const [at, score] of scores.entries())
    if (score >= AS_IT_IS.threshold) [hits, answered] = [hits + isSo[at]!, answered + 1];
  let best = { threshold: AS_IT_IS.threshold, f1: f1(hits, answered) };
  hits = 0;
  for (const [i, at] of order.entries()) {
    hits += isSo[at]!;
    const [score, next] = [scores[at]!, i + 1 < order.length ? scores[order[i + 1]!]! : 0];
    // Equal scores are answered together.
    if (score === next) continue;
    const here = f1(hits, i + 1);
    if (here > best.f1) best = { threshold: (score + next) / 2, f1: here };
  }
  return best.threshold;
}

/**
 * The labels of each row and all scores.
 *
 * @param logits row-major, one for each label
 */
export function labelsOutputsOf(
  labels: readonly string[],
  logits: Float32Array,
  { temperature, threshold }: LabelsSettled,
): LabelsOutput[] {
  return Array.from({ length: logits.length / labels.length }, (_, row) => {
    const scores = labels.map((__, i) => sigmoid(logits[row * labels.length + i]! / temperature));
    return {
      labels: labels.filter((__, i) => scores[i]! >= threshold),
      scores: Object.fromEntries(labels.map((label, i) => [label, scores[i]!])),
    };
  });
}
