/** What is counted of an answer and of what it should have been, by task. */
import type { DeclaredTask, Regression } from '../../domain/task.ts';

/**
 * The cell of the outcomes. Labels are told apart; of all else no two answers are alike, so that it only says whether
 * they were right: each claims to be.
 */
export const outcomeCell = (
  task: DeclaredTask,
  { truth, answer, right }: { truth: string; answer: string; right: boolean },
): readonly [label: string, predicted: string] =>
  task.kind === 'classification' ? [truth, answer] : [right ? RIGHT : WRONG, RIGHT];

const [RIGHT, WRONG] = ['right', 'wrong'];

/** Every label that an outcome can have. */
export const outcomeLabels = (task: DeclaredTask): readonly string[] =>
  task.kind === 'classification' ? task.labels : [RIGHT, WRONG];
/** Every prediction that an outcome can have. */
export const outcomePredictions = (task: DeclaredTask): readonly string[] =>
  task.kind === 'classification' ? task.labels : [RIGHT];

/** What a prediction is counted under: its label; all that is no label is one. */
export const predictionCell = (task: DeclaredTask, answer: string): string =>
  task.kind === 'classification' ? answer : ANY;
export const predictionCells = (task: DeclaredTask): readonly string[] =>
  task.kind === 'classification' ? task.labels : [ANY];

const ANY = 'any';

/** How far off a number is, in thousandths of the tolerance, so that sums do not depend on their order. */
export function offBy(
  { tolerance = 1 }: Pick<Regression, 'tolerance'>,
  truth: string,
  answer: string,
): { absolute: number; squared: number } {
  const off = Math.min(FARTHEST, Math.abs(Number(answer) - Number(truth)) / tolerance);
  return { absolute: Math.round(off * THOUSAND), squared: Math.round(off * off * THOUSAND) };
}

const THOUSAND = 1_000;
/** In tolerances. A number that is further off counts as this far: no single row may fill a counter. */
const FARTHEST = 10_000;
