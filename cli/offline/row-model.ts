import { DriftloopError } from '../../domain/errors.ts';
import type { AnyModel } from '../../domain/model-config.ts';
import type { MultiLabel, Task } from '../../domain/task.ts';
import type { Described } from './offline-task.ts';

type RowModel<T> = Pick<AnyModel, 'name' | 'input'> & { task: T };

/** A model that reads rows, as what describes rows makes it. */
export function labelledModel({ task, ...model }: Described['model']): RowModel<Task | MultiLabel> {
  if (task.kind === 'generation') throw new Error('A model that writes reads no rows.');
  return { ...model, task };
}

/** One with one answer for each row. Throws DL_TASK_UNFIT where it gives any number of labels. */
export function rowModel(of: Described['model']): RowModel<Task> {
  const { task, ...model } = labelledModel(of);
  if (task.kind !== 'multi-label') return { ...model, task };
  throw new DriftloopError(
    'DL_TASK_UNFIT',
    `${model.name} gives any number of labels, which only texts are given.`,
    { fix: 'Say --task text, or declare a classification.' },
  );
}
