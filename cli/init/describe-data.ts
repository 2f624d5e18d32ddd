import { DriftloopError } from '../../domain/errors.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { generation } from '../../domain/task.ts';
import type { LeftOut } from '../data/infer-config.ts';
import { modelNameFrom } from '../data/infer-config.ts';
import { chooseTask } from '../offline/choose-task.ts';
import type { TaskKind } from '../offline/offline-task.ts';
import { describeImages } from '../offline/image/describe.ts';
import { describeTabular } from '../offline/tabular/describe.ts';
import { describeText } from '../offline/text/describe.ts';

/** What a person says of their file; what they do not say is read out of it. */
export type DataWish = { data: string; label?: string; time?: string; ignore?: string[] };

/** A model that a file suggests, and the columns that are no features. */
export type FoundModel = {
  kind: TaskKind;
  model: Pick<ModelConfig, 'name' | 'task' | 'input'>;
  label: string;
  time: string | null;
  leftOut: readonly LeftOut[];
};

/**
 * Looks at a CSV or at JSON lines: what is learnt, from what, and what cannot be used.
 *
 * @throws {DriftloopError} what the columns lack, in the words of `driftloop finetune`
 */
export async function describeData({ data: train, ...said }: DataWish): Promise<FoundModel> {
  const options = { train, ...said };
  const kind = await chooseTask(options, null);
  if (kind === 'generation')
    return {
      kind,
      model: {
        name: modelNameFrom(train),
        task: generation(),
        input: { prompt: { kind: 'text' } },
      },
      label: 'answer',
      time: null,
      leftOut: [],
    };
  const { described, as } = await describe(kind, options);
  const { model, columns, leftOut } = described;
  return { kind: as, model, label: columns.label, time: columns.time ?? null, leftOut };
}

async function describe(
  kind: Exclude<TaskKind, 'generation'>,
  options: Omit<DataWish, 'data'> & { train: string },
) {
  switch (kind) {
    case 'text':
      return { described: await describeText(options, null), as: kind };
    case 'image':
      return { described: await describeImages(options, null, async () => null), as: kind };
    case 'tabular':
      try {
        return { described: await describeTabular(options, null), as: kind };
      } catch (error) {
        // A table whose one column is a free text is no table.
        if (!(error instanceof DriftloopError) || error.code !== 'DL_NO_FEATURES') throw error;
        const described = await describeText(options, null).catch(() => {
          throw error;
        });
        return { described, as: 'text' as const };
      }
    default:
      return kind satisfies never;
  }
}
