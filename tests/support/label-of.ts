import type { AnyOutput } from '../../domain/task.ts';

/** The label that was answered; undefined where there is no answer. Fails on the answer to another task. */
export function labelOfAnswer(answer: AnyOutput | undefined): string | undefined {
  if (answer === undefined) return undefined;
  if (!('label' in answer)) throw new Error(`${JSON.stringify(answer)} has no label`);
  return answer.label;
}
