import { createHash } from 'node:crypto';
import type { Example } from '../domain/examples.ts';
import { textOfAnswer } from '../domain/answer-text.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { AnyOutput, DeclaredTask } from '../domain/task.ts';
import { isRight } from '../statistics/is-right.ts';
import { answeredRows, pickRows, type AnsweredRows } from '../training/gate/answered-rows.ts';

/** A labelled row and what both versions answered to it. */
export type Scored = { example: Example; ours: AnyOutput; theirs: AnyOutput };

/** @throws DL_GATE_ROWS where a version has not answered each of them */
export function scoredBy(
  examples: readonly Example[],
  ours: readonly AnyOutput[],
  theirs: readonly AnyOutput[],
): Scored[] {
  for (const [whose, answers] of [
    ['challenger', ours],
    ['champion', theirs],
  ] as const)
    if (answers.length !== examples.length)
      throw new DriftloopError(
        'DL_GATE_ROWS',
        `The ${whose} answered ${answers.length} rows and the test set has ${examples.length}.`,
        { fix: 'Let both versions answer every row of the test set, in its order.' },
      );
  return examples.map((example, i) => ({ example, ours: ours[i]!, theirs: theirs[i]! }));
}

/** Which of these answers are right. */
export const rightOf = (
  task: DeclaredTask,
  examples: readonly Example[],
  answers: readonly AnyOutput[],
): Uint8Array =>
  Uint8Array.from(answers, (answer, i) =>
    isRight(task, textOfAnswer(task, answer), examples[i]!.label) ? 1 : 0,
  );

type Rights = Readonly<{ ours: { right: Uint8Array }; theirs: { right: Uint8Array } }>;

/** How many rows, and those that only one of the two got right: all that says anything about which is better. */
export function tally({ ours, theirs }: Rights): { rows: number; wins: number; losses: number } {
  let [wins, losses] = [0, 0];
  for (const [i, right] of ours.right.entries()) {
    if (right > theirs.right[i]!) wins += 1;
    if (right < theirs.right[i]!) losses += 1;
  }
  return { rows: ours.right.length, wins, losses };
}

/** Rows of a look, and what a gate sees of them: whether an answer is right is asked once, here. */
export type ScoredSet = Readonly<{ scored: readonly Scored[]; answered: AnsweredRows }>;

/** @throws what the gate throws of rows or scores that are none: DL_GATE_ROWS, DL_GATE_SCORES */
export const scoredSet = (task: DeclaredTask, scored: readonly Scored[]): ScoredSet => ({
  scored,
  answered: answeredBy(task, scored),
});

/** Of the challenger; NaN without rows. */
export const accuracyOf = ({ answered: { ours } }: ScoredSet): number =>
  ours.right.reduce((sum, one) => sum + one, 0) / ours.right.length;

/** The rows of a set that have this. */
export function pickScored({ scored, answered }: ScoredSet, has: (row: Scored) => boolean): ScoredSet {
  const at = scored.flatMap((row, i) => (has(row) ? [i] : []));
  if (at.length === scored.length) return { scored, answered };
  return { scored: at.map((i) => scored[i]!), answered: pickRows(answered, at) };
}

/** Scored rows, checked, for the gate. */
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
