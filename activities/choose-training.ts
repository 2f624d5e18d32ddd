import { readsText } from '../domain/input.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { BaseStore, TrainingJob } from '../domain/ports.ts';
import { tabularSettings } from '../training/tabular/settings.ts';

type Asked = Pick<ModelConfig, 'input' | 'fineTune' | 'base' | 'trainer'>;
type Chosen = Pick<TrainingJob, 'training' | 'lineage'>;

/**
 * How a model is trained: what learns, and what it begins from.
 *
 * @param champion the folder of the champion's artifact; null where there is none yet
 * @returns with the lineage of what it begins from
 * @throws what opening a base throws
 */
export async function chooseTraining(
  { input, fineTune, base, trainer }: Asked,
  { champion, bases }: { champion: () => Promise<string | null>; bases: BaseStore },
): Promise<Chosen> {
  const fromChampion = base.kind === 'champion' ? await champion() : null;
  const wish = fineTune ?? null;
  if (trainer.kind === 'command')
    return { training: { kind: 'program', trainer, wish, base, champion: fromChampion }, lineage: {} };
  if (!readsText(input))
    return {
      training: { kind: 'table', settings: tabularSettings(fineTune), warmStart: fromChampion },
      lineage: {},
    };
  const opened = base.kind === 'pretrained' ? await bases.open(base.from) : null;
  return {
    training: { kind: 'text', wish, base: opened?.folder ?? fromChampion },
    lineage: opened?.lineage ?? {},
  };
}
