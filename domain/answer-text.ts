/**
 * An answer and what it should have been, in one word each: the text by which they are stored, counted and handed on,
 * whatever the task. A label is its own text, a number its shortest decimal form, labels are a JSON list, in order.
 */
import { labelOf } from './task.ts';
import type { AnyOutput, DeclaredTask, MultiLabel } from './task.ts';

/** The text of what a model has answered. Throws RangeError where it is no answer to this task. */
export function textOfAnswer(task: DeclaredTask, answer: AnyOutput): string {
  const text = readAnswer(task, answer);
  if (text === null)
    throw new RangeError(`${JSON.stringify(answer)} is no answer to the task "${task.kind}"`);
  return text;
}

/** The same; null where it is none: another task's, a label that is not declared, a number that is none. */
export function readAnswer(task: DeclaredTask, answer: AnyOutput): string | null {
  switch (task.kind) {
    case 'classification':
      return 'label' in answer ? (labelOf(task, answer.label) ?? null) : null;
    case 'multi-label':
      return 'labels' in answer ? textOfLabels(task, answer.labels) : null;
    case 'regression':
      return 'value' in answer && Number.isFinite(answer.value) ? String(answer.value) : null;
    case 'generation':
      return 'text' in answer ? answer.text : null;
    default:
      return task satisfies never;
  }
}

/** The text of some labels of a task; null where one is not declared. */
export function textOfLabels(
  task: Pick<MultiLabel, 'labels' | 'codes'>,
  given: readonly unknown[],
): string | null {
  const labels = given.map((one) => labelOf(task, one));
  const known = labels.filter((label) => label !== undefined);
  if (known.length < labels.length) return null;
  // In the order that the database gives them: that of their texts in JSON.
  return `[${[...new Set(known)]
    .map((label) => JSON.stringify(label))
    .sort()
    .join(',')}]`;
}

/** The labels of such a text. */
export const labelsOfText = (text: string): string[] => JSON.parse(text) as string[];

/** Whether such a text is one that a row of the task may bear. */
export function isTruthOf(task: DeclaredTask, text: string): boolean {
  switch (task.kind) {
    case 'classification':
      return task.labels.includes(text);
    case 'multi-label':
      return labelsOfText(text).every((label) => task.labels.includes(label));
    case 'regression':
      return Number.isFinite(Number(text));
    case 'generation':
      return true;
    default:
      return task satisfies never;
  }
}

/** What a row teaches, as the files of a training carry it: a word, a number, or a list of labels. */
export function truthOfText({ kind }: Pick<DeclaredTask, 'kind'>, text: string): string | number | string[] {
  if (kind === 'regression') return Number(text);
  return kind === 'multi-label' ? labelsOfText(text) : text;
}

/** What an answer may be, for a person who sent another one. */
export function sayAnswers(task: DeclaredTask): string {
  switch (task.kind) {
    case 'classification':
      return `one of the labels ${task.labels.join(', ')}`;
    case 'multi-label':
      return `a list of the labels ${task.labels.join(', ')}`;
    case 'regression':
      return 'a number';
    case 'generation':
      return 'a text';
    default:
      return task satisfies never;
  }
}
