import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EpochScore } from '../../domain/run.ts';
import type { Checkpoints } from '../../training/checkpoints/checkpoints.ts';
import { pausing, plannedEpochs } from '../../training/classification/pause-classifier.ts';
import type { ClassifierSettings } from '../../training/classification/settings.ts';
import type { StagedState } from '../../training/classification/tune-classifier.ts';
import { trainingsInStretches } from '../../training/search/trials.ts';
import type { Trials } from './offline-task.ts';
import { statesOnDisk } from './states-on-disk.ts';

/** What a training of a version is given, so that it is one stretch of a trial. */
export type TrialStretch = {
  lineage: Record<string, string>;
  outFolder: string;
  onProgress: () => void;
  onEpoch: (score: EpochScore) => void;
  checkpoints: Checkpoints<StagedState>;
};

/**
 * Trials of a classifier: each is the training that its settings would get. What it waits with is on disk, and the rest
 * in no memory.
 *
 * @param rows to train on
 */
export async function classifierTrials<Settings extends ClassifierSettings>(
  candidates: readonly Settings[],
  rows: number,
  train: (settings: Settings, stretch: TrialStretch) => Promise<unknown>,
): Promise<Trials> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-trials-'));
  return {
    epochs: plannedEpochs(rows, candidates[0]!),
    advance: trainingsInStretches<StagedState>(async (trial, stretch) => {
      const settings = candidates[trial]!;
      // A training that ends early writes its version, which nobody asks for.
      const outFolder = path.join(scratch, `version-${trial}`);
      await mkdir(outFolder, { recursive: true });
      await train(settings, {
        lineage: {},
        outFolder,
        onProgress: () => {},
        onEpoch: ({ validation }) => {
          if (validation) stretch.onScore(validation);
        },
        checkpoints: pausing(rows, settings, stretch),
      });
      await rm(outFolder, { recursive: true });
    }, statesOnDisk(scratch)),
    close: () => rm(scratch, { recursive: true, force: true }),
  };
}
