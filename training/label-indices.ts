import { DriftloopError } from '../domain/errors.ts';

/** The index of each label among those of the model. Throws `DL_UNKNOWN_LABEL`. */
export function labelIndices(
  { name, task }: { name: string; task: { labels: readonly string[] } },
  labels: readonly string[],
): Int32Array {
  const index = new Map(task.labels.map((label, i) => [label, i]));
  return Int32Array.from(labels, (label) => {
    const at = index.get(label);
    if (at === undefined)
      throw new DriftloopError(
        'DL_UNKNOWN_LABEL',
        `A training row of ${name} carries the label "${label}"; declared are ${task.labels.join(', ')}.`,
        { fix: 'Add the label to task.labels, or map the code with task.codes.' },
      );
    return at;
  });
}
