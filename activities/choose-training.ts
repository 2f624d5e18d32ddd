import { imageOf, readsText } from '../domain/input.ts';
import type { ImageFeature } from '../domain/input.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { BaseStore, OldFiles, TrainingJob } from '../domain/ports.ts';
import { describeVersion, kindOfVersion } from '../training/describe-version.ts';
import type { VersionKind } from '../training/describe-version.ts';
import { tabularSettings } from '../training/tabular/settings.ts';

type Asked = Pick<ModelConfig, 'task' | 'input' | 'fineTune' | 'base' | 'trainer'>;
type Chosen = Pick<TrainingJob, 'training' | 'lineage'> & {
  /** What a person should know of the choice; null where there is nothing to say. */
  note: string | null;
};
type There = {
  /** The folder of the champion's artifact; null where there is none yet. */
  champion: () => Promise<string | null>;
  /** Of the time before, where something of it shall be kept. */
  old: OldFiles | null;
  bases: BaseStore;
};

/**
 * How a model is trained: what learns, and what it begins from. A champion that another kind of network made (the
 * features of the model have changed) cannot be gone on from: then it begins from scratch, and says so.
 *
 * @returns with the lineage of what it begins from
 * @throws what opening a base throws
 */
export async function chooseTraining(
  { task, input, fineTune, base, trainer }: Asked,
  { champion, old, bases }: There,
): Promise<Chosen> {
  const fromChampion = base.kind === 'champion' ? await champion() : null;
  const wish = fineTune ?? null;
  if (trainer.kind === 'command')
    return {
      training: { kind: 'program', trainer, wish, base, champion: fromChampion, old },
      lineage: {},
      note: null,
    };
  const kind = kindOf(task, input);
  const { folder, note } = await fitting(fromChampion, kind, input);
  if (kind === 'tabular')
    return {
      training: {
        kind: 'table',
        settings: tabularSettings(fineTune),
        search: fineTune?.method === 'search' ? fineTune : null,
        warmStart: folder,
      },
      lineage: {},
      note,
    };
  const opened = base.kind === 'pretrained' ? await bases.open(base.from) : null;
  return {
    training: {
      kind: kind === 'image' ? 'image' : 'text',
      wish,
      base: opened?.folder ?? folder,
      old: folder === null ? null : old,
    },
    lineage: opened?.lineage ?? {},
    note,
  };
}

type Features = Asked['input'];

function kindOf({ kind }: Asked['task'], input: Features): Exclude<VersionKind, 'command'> {
  if (kind === 'generation') return 'writer';
  if (kind === 'multi-label') return 'labels';
  if (readsText(input)) return 'text';
  return imageOf(input) === null ? 'tabular' : 'image';
}

const networks: Readonly<Record<VersionKind, string>> = {
  tabular: 'a network for columns',
  text: 'a network for texts',
  labels: 'a network for texts with any number of labels',
  writer: 'a network that writes',
  image: 'a network for images',
  command: 'a program of its own',
};

/** The champion, where a network of this kind, for images of this size, can go on from it. */
async function fitting(
  folder: string | null,
  kind: VersionKind,
  input: Features,
): Promise<{ folder: string | null; note: string | null }> {
  if (folder === null) return { folder, note: null };
  const made = await kindOfVersion(folder);
  if (made !== kind)
    return {
      folder: null,
      note: `The champion is ${networks[made]}, and the config now asks for ${networks[kind]}: it begins from scratch.`,
    };
  if (kind !== 'image') return { folder, note: null };
  const { model } = await describeVersion(folder);
  const [before, now] = [imageOf(model.input), imageOf(input)].map((one) => one && sizeOf(one.feature));
  if (before === now) return { folder, note: null };
  return {
    folder: null,
    note: `The champion sees images of ${before}, and the config now asks for ${now}: it begins from scratch.`,
  };
}

const sizeOf = ({ width, height, channels }: ImageFeature): string => `${width} × ${height} × ${channels}`;
