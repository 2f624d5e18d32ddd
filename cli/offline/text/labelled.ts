import type { InputRow } from '../../../domain/input.ts';
import type { Classification, DeclaredTask } from '../../../domain/task.ts';
import type { LabelledRows } from '../../../training/tabular/train-tabular.ts';
import type { Example } from '../offline-task.ts';

export const labelledRows = (examples: readonly Example<InputRow>[]): LabelledRows => ({
  rows: examples.map(({ input }) => input),
  labels: examples.map(({ label }) => label),
});

/** `describe` takes nothing else. */
export function classificationOf({ task }: { task: DeclaredTask }): Classification {
  if (task.kind !== 'classification') throw new Error(`A ${task.kind} of labels`);
  return task;
}
