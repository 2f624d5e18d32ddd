import type { AnyModel } from '../../domain/model-config.ts';
import type { InputRow } from '../../domain/input.ts';
import type { Task } from '../../domain/task.ts';

/** The model that a server answers for. */
export type Served = Pick<AnyModel, 'name' | 'input'> & { task: Task };

/**
 * A model server of the team's own, by whichever protocol. Versions lie in its repository, each in a folder of its name.
 * Its doors throw `DL_MODEL_SERVER_UNREACHABLE` and `DL_MODEL_SERVER_REFUSED`.
 */
export interface ModelServerClient {
  /** Where a version's files belong, below the folder of its name: `''`, or `1`. */
  readonly within: string;
  /** Asks for a version to be loaded; it may not be ready yet when this returns. */
  load(name: string): Promise<void>;
  unload(name: string): Promise<void>;
  isReady(name: string): Promise<boolean>;
  /** One output a row, in the words of docs/trainers.md; or what is wrong with what was answered. */
  answer(name: string, model: Served, rows: readonly InputRow[]): Promise<unknown[] | { problem: string }>;
}

/** Numbers in the order of rows, nested or flat, as outputs of the task; or what is wrong with them. */
export function outputsOf(
  { task }: Pick<Served, 'task'>,
  rows: number,
  { name, data }: { name: string; data: readonly unknown[] },
): unknown[] | { problem: string } {
  const labels = task.kind === 'regression' ? null : task.labels;
  const width = labels?.length ?? 1;
  const flat = data.flat(Number.POSITIVE_INFINITY as 1);
  if (flat.length !== rows * width)
    return {
      problem: `"${name}" has ${flat.length} elements, and ${rows} rows of ${width} were asked for`,
    };
  return Array.from({ length: rows }, (_, row) =>
    labels === null
      ? { value: flat[row] }
      : { scores: Object.fromEntries(labels.map((label, k) => [label, flat[row * width + k]])) },
  );
}

/** What a model answers, by the name of its output. */
export const outputName = ({ task }: Pick<Served, 'task'>): 'value' | 'scores' =>
  task.kind === 'regression' ? 'value' : 'scores';

export const noOutput = (wanted: string, names: readonly string[]): { problem: string } => ({
  problem: `there is no output "${wanted}" among ${names.map((name) => `"${name}"`).join(', ') || 'none'}`,
});
