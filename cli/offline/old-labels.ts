import type { Classification, MultiLabel } from '../../domain/task.ts';
import { labelsOfBaseFolder } from '../../training/models/labels-of-base-folder.ts';
import type { TakenBase } from '../../infra/hub/base-lineage.ts';
import { problemOf } from './base-labels.ts';
import type { Declared } from './declared-model.ts';
import type { CommonSettings, DataOptions, Described, OfflineTask } from './offline-task.ts';

type Given = {
  base: TakenBase | null;
  /** A config says the labels itself. */
  declared: Declared | null;
  options: DataOptions & { keep?: string; golden?: string };
};

/**
 * The same model with the labels that its base knows: those of the rows to keep, and, where the new rows have some of
 * them too, all of the base's. Where none is in common and nothing is to be kept, it is another task: the old labels go.
 */
export async function withOldLabels<Input, Settings extends CommonSettings>(
  { describe }: Pick<OfflineTask<Input, Settings>, 'describe'>,
  described: Described,
  { base, declared, options }: Given,
): Promise<Described> {
  const { task } = described.model;
  if (base === null || declared !== null || !('labels' in task)) return described;
  const { labels: known, otherwise } = await labelsOfBaseFolder(base.folder, problemOf(described));
  const kept: string[] = [];
  const like = { ...options, multiLabel: task.kind === 'multi-label' };
  for (const file of [options.keep, options.golden])
    if (file !== undefined)
      kept.push(...labelsIn(await describe({ ...like, train: file }, null, async () => base.folder)));
  const goesOn = kept.length > 0 || task.labels.some((label) => known.includes(label));
  const gone = known.filter((label) => !task.labels.includes(label));
  if (otherwise > 0)
    return noted(
      described,
      task.labels,
      `The ${otherwise} labels of the base were learnt ${task.kind === 'multi-label' ? 'as one for each row' : 'as any number for each row'}: what tells them begins anew.`,
    );
  if (!goesOn)
    return known.length === 0
      ? described
      : noted(
          described,
          task.labels,
          `The ${known.length} labels of the base are none of these rows': they are answered no more. Rows of them would keep them: --keep FILE.`,
        );
  const labels = [...new Set([...known, ...kept, ...task.labels])];
  const added = labels.length - task.labels.length;
  return added === 0
    ? described
    : noted(
        described,
        labels,
        `${added} more labels are known from before${gone.length > 0 && kept.length === 0 ? '; none of these rows has them' : ''}.`,
      );
}

const noted = (described: Described, labels: readonly string[], note: string): Described => ({
  ...described,
  model: {
    ...described.model,
    task: { ...(described.model.task as Classification | MultiLabel), labels: [...labels] },
  },
  notes: [...described.notes, note],
});

const labelsIn = ({ model: { task } }: Described): readonly string[] => ('labels' in task ? task.labels : []);
