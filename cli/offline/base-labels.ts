import { DriftloopError } from '../../domain/errors.ts';
import type { OpenWish } from '../../domain/fine-tune-config.ts';
import type { TakenBase } from '../../infra/hub/base-lineage.ts';
import { labelsOfBaseFolder } from '../../training/models/labels-of-base-folder.ts';
import type { ProblemType } from '../../training/models/problem-type.ts';
import type { Described } from './offline-task.ts';
import type { OldFiles } from './old-rows.ts';

type Model = Pick<Described, 'model'>;

/** What a head is for that answers as this model does. */
export const problemOf = ({ model: { task } }: Model): ProblemType =>
  task.kind === 'multi-label' ? 'multi_label_classification' : 'single_label_classification';

/** Nothing can be kept of labels that were learnt otherwise. Throws DL_TASK_UNFIT. */
export async function refuseKeepingOthers(
  base: TakenBase,
  described: Model,
  { keep, golden }: OldFiles,
  wish: OpenWish,
): Promise<void> {
  const { otherwise } = await labelsOfBaseFolder(base.folder, problemOf(described));
  const { rehearsal = 0, distillation = 0, ewc = 0, interpolate = false } = wish.keep ?? {};
  const asked = [
    ...(keep === undefined ? [] : ['--keep']),
    ...(golden === undefined ? [] : ['--golden']),
    ...(rehearsal + distillation + ewc > 0 || interpolate ? ['fineTune.keep'] : []),
  ];
  if (otherwise === 0 || asked.length === 0) return;
  const [its, ours] =
    described.model.task.kind === 'multi-label'
      ? ['one label', 'any number']
      : ['any number of labels', 'one'];
  throw new DriftloopError(
    'DL_TASK_UNFIT',
    `${asked.join(' and ')} cannot keep what ${base.hubName ?? base.folder} knows: it gives a row ${its}, and this model ${ours}.`,
    { fix: `Leave out ${asked.join(' and ')}: its weights are begun from, and its labels begin anew.` },
  );
}
