import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import type { TabularSettings } from '../../domain/tabular-settings.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { trainingsInStretches } from '../search/trials.ts';
import type { States, Trials, TrialSoFar } from '../search/trials.ts';
import type { FitState } from './fit.ts';
import { pausing, plannedEpochs } from './pause-tabular.ts';
import { planSteps } from './schedule.ts';

/** What a training is given, so that it is one stretch of a trial. */
export type TabularStretch = {
  onProgress: (progress: TrainingProgress) => void;
  onEpoch: (score: EpochScore) => void;
  checkpoints: Checkpoints<FitState>;
};

export type TabularTrials = {
  candidates: readonly TabularSettings[];
  /** To train on. */
  rows: number;
  train: (settings: TabularSettings, stretch: TabularStretch) => Promise<unknown>;
  states: States<FitState>;
  /** Before an interruption. */
  known?: readonly TrialSoFar[];
  onProgress?: (progress: TrainingProgress) => void;
};

/** Trials of a network for columns: each is the training that its settings would get. */
export const tabularTrials = ({
  candidates,
  rows,
  train,
  states,
  known = [],
  onProgress = () => {},
}: TabularTrials): Omit<Trials, 'close'> => ({
  epochs: plannedEpochs(rows, candidates[0]!),
  stepsPerEpoch: planSteps(rows, candidates[0]!).stepsPerEpoch,
  advance: trainingsInStretches<FitState>(
    async (trial, stretch) => {
      const settings = candidates[trial]!;
      await train(settings, {
        onProgress,
        onEpoch: ({ validation }) => {
          if (validation) stretch.onScore(validation);
        },
        checkpoints: pausing(rows, settings, stretch),
      });
    },
    states,
    known,
  ),
});

/** Networks for columns are small: they wait in memory. */
export function statesInMemory<State>(): States<State> {
  const states = new Map<number, State>();
  return {
    save: async (trial, state) => void states.set(trial, state),
    load: async (trial) => states.get(trial) ?? null,
  };
}
