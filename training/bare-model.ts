import type { TabularModel } from './tabular/train-tabular.ts';

/** What a version signs of its model; a config's model carries more fields. */
export const bareModel = <M extends Pick<TabularModel, 'name' | 'input'> & { task: object }>({
  name,
  task,
  input,
}: M): Pick<M, 'name' | 'task' | 'input'> => ({ name, task, input });
