/**
 * Is an answer right? What the loop counts, whatever the task: regret is counted in wrong answers, a gate in rows that
 * only one of two versions got right, and detectors watch the stream of both.
 *
 *     classification   the label is the one of the row
 *     multi-label      |A ∩ B| / |A ∪ B| ≥ overlap (1: all labels and no other), of no labels at all 1
 *     regression       |y − ŷ| ≤ tolerance
 *     generation       chrF(answer, text that should have stood there) ≥ alike
 *
 * One yes or no a row keeps every count exact and every test on it valid without a scale; how far off answers are is
 * measured beside it (mean absolute error, F1 of labels, chrF).
 */
import { labelsOfText } from '../domain/answer-text.ts';
import type { DeclaredTask } from '../domain/task.ts';
import { chrf } from './chrf.ts';

/** How much alike a text has to be where its task does not say. */
const ALIKE = 0.8;

/**
 * @param answer, truth as domain/answer-text.ts writes them
 * @param likeness chrF of the two, for whoever knows it already: it is dear
 */
export function isRight(
  task: DeclaredTask,
  answer: string,
  truth: string,
  likeness: () => number = () => chrf(answer, truth),
): boolean {
  switch (task.kind) {
    case 'classification':
      return answer === truth;
    case 'multi-label':
      return answer === truth || overlapOf(labelsOfText(answer), labelsOfText(truth)) >= (task.overlap ?? 1);
    case 'regression':
      // Without a tolerance only the number itself is right.
      return Math.abs(Number(answer) - Number(truth)) <= (task.tolerance ?? 0);
    case 'generation':
      return answer === truth || likeness() >= (task.alike ?? ALIKE);
    default:
      return task satisfies never;
  }
}

/** Jaccard's index of two sets of labels. */
function overlapOf(a: readonly string[], b: readonly string[]): number {
  const shared = a.filter((label) => b.includes(label)).length;
  const all = a.length + b.length - shared;
  return all === 0 ? 1 : shared / all;
}
