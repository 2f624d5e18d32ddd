import type { AnyModel } from '../../domain/model-config.ts';
import type { Described } from './offline-task.ts';

/** A model that reads rows, as what describes rows makes it. */
export function rowModel({ task, ...model }: Described['model']): Pick<AnyModel, 'name' | 'task' | 'input'> {
  if (task.kind === 'generation') throw new Error('A model that writes reads no rows.');
  return { ...model, task };
}
