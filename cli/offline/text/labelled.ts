import type { InputRow } from '../../../domain/input.ts';
import type { Classification, DeclaredTask, MultiLabel } from '../../../domain/task.ts';
import type { LabelledTexts } from '../../../training/text-classification/train-texts.ts';
import type { Example } from '../offline-task.ts';

/** Rows with their one label each. */
export const labelledRows = (examples: readonly Example<InputRow>[]): LabelledTexts<string> => ({
  rows: examples.map(({ input }) => input),
  labels: examples.map(({ label }) => label),
});

/** Rows with any number of labels each. */
export const multiLabelledRows = (
  examples: readonly Example<InputRow>[],
): LabelledTexts<readonly string[]> => ({
  rows: examples.map(({ input }) => input),
  labels: examples.map(({ labels }) => labels),
});

/** `describe` takes nothing else. */
export function classificationOf({ task }: { task: DeclaredTask }): Classification {
  if (task.kind !== 'classification') throw new Error(`A ${task.kind} of labels`);
  return task;
}

/** The same of texts. */
export function labelTaskOf({ task }: { task: DeclaredTask }): Classification | MultiLabel {
  return task.kind === 'multi-label' ? task : classificationOf({ task });
}
