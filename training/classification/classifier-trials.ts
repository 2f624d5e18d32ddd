import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { EpochScore } from '../../domain/run.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import type { TuningProgress } from '../fine-tuning/tuning-meter.ts';
import { plannedSteps } from '../fine-tuning/tune-settings.ts';
import { trainingsInStretches } from '../search/trials.ts';
import type { States, Trials, TrialSoFar } from '../search/trials.ts';
import { pausing, plannedEpochs } from './pause-classifier.ts';
import type { ClassifierSettings } from './settings.ts';
import type { StagedState } from './tune-classifier.ts';

/** What a training of a version is given, so that it is one stretch of a trial. */
export type TrialStretch = {
  lineage: Record<string, string>;
  outFolder: string;
  onProgress: (progress: TuningProgress) => void;
  onEpoch: (score: EpochScore) => void;
  checkpoints: Checkpoints<StagedState>;
};

export type ClassifierTrials<Settings> = {
  candidates: readonly Settings[];
  /** To train on. */
  rows: number;
  train: (settings: Settings, stretch: TrialStretch) => Promise<unknown>;
  /** For what a training leaves behind that nobody asks for. */
  scratch: string;
  states: States<StagedState>;
  /** Before an interruption. */
  known?: readonly TrialSoFar[];
  onProgress?: (progress: TuningProgress) => void;
};

/** Trials of a classifier: each is the training that its settings would get. */
export function classifierTrials<Settings extends ClassifierSettings>({
  candidates,
  rows,
  train,
  scratch,
  states,
  known = [],
  onProgress = () => {},
}: ClassifierTrials<Settings>): Omit<Trials, 'close'> {
  return {
    epochs: plannedEpochs(rows, candidates[0]!),
    stepsPerEpoch: plannedSteps(rows, candidates[0]!).stepsPerEpoch,
    advance: trainingsInStretches<StagedState>(
      async (trial, stretch) => {
        const settings = candidates[trial]!;
        // A training that ends early writes its version, which nobody asks for.
        const outFolder = path.join(scratch, `version-${trial}`);
        await mkdir(outFolder, { recursive: true });
        await train(settings, {
          lineage: {},
          outFolder,
          onProgress,
          onEpoch: ({ validation }) => {
            if (validation) stretch.onScore(validation);
          },
          checkpoints: pausing(rows, settings, stretch),
        });
        await rm(outFolder, { recursive: true });
      },
      states,
      known,
    ),
  };
}
