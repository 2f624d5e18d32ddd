import { tmpdir } from 'node:os';
import { classifierTrials } from '../../training/classification/classifier-trials.ts';
import type { ClassifierTrials } from '../../training/classification/classifier-trials.ts';
import type { ClassifierSettings } from '../../training/classification/settings.ts';
import type { StagedState } from '../../training/classification/tune-classifier.ts';
import { statesOnDisk } from '../../training/search/states-on-disk.ts';
import type { Trials } from '../../training/search/trials.ts';

/** Trials of a classifier that wait in a folder of this command. */
export async function openClassifierTrials<Settings extends ClassifierSettings>(
  trials: Pick<ClassifierTrials<Settings>, 'candidates' | 'rows' | 'train'>,
): Promise<Trials> {
  const disk = await statesOnDisk<StagedState>(tmpdir());
  return {
    ...classifierTrials({ ...trials, scratch: disk.folder, states: disk }),
    close: () => disk.close(),
  };
}
