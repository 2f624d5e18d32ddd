import { createHash } from 'node:crypto';
import type { Example } from '../domain/examples.ts';
import { textOfAnswer } from '../domain/answer-text.ts';
import type { AnyOutput, DeclaredTask } from '../domain/task.ts';
import { isRight } from '../statistics/is-right.ts';
import { answeredRows, type AnsweredRows } from '../training/gate/answered-rows.ts';

/** A labelled row and what both versions answered to it. */
export type Scored = { example: Example; ours: AnyOutput; theirs: AnyOutput };

export const scoredBy = (
  examples: readonly Example[],
  ours: readonly AnyOutput[],
  theirs: readonly AnyOutput[],
): Scored[] => examples.map((example, i) => ({ example, ours: ours[i]!, theirs: theirs[i]! }));

/** How many rows, and those that only one of the two got right: all that says anything about which is better. */
export function tally(
  task: DeclaredTask,
  scored: readonly Scored[],
): { rows: number; wins: number; losses: number } {
  let [wins, losses] = [0, 0];
  for (const { example, ours, theirs } of scored) {
    const [isOurs, isTheirs] = [ours, theirs].map((answer) => isAnsweredRight(task, example, answer));
    if (isOurs && !isTheirs) wins += 1;
    if (isTheirs && !isOurs) losses += 1;
  }
  return { rows: scored.length, wins, losses };
}

/** Of the challenger; null without rows. */
export const accuracyOf = (task: DeclaredTask, scored: readonly Scored[]): number | null =>
  scored.length === 0
    ? null
    : scored.filter(({ example, ours }) => isAnsweredRight(task, example, ours)).length / scored.length;

/** Whether an answer is what the example says. */
export const isAnsweredRight = (task: DeclaredTask, { label }: Example, answer: AnyOutput): boolean =>
  isRight(task, textOfAnswer(task, answer), label);

/** The same, checked, for the gate. */
export const answeredBy = (task: DeclaredTask, scored: readonly Scored[]): AnsweredRows =>
  answeredRows(
    task,
    scored.map(({ example }) => example),
    scored.map(({ ours }) => ours),
    scored.map(({ theirs }) => theirs),
  );

/** Names exactly these rows with these labels. */
export function digestOf(test: readonly Example[]): string {
  const hash = createHash('sha256');
  for (const { predictionId, label } of test) hash.update(`${predictionId} ${label}\n`);
  return hash.digest('hex');
}
