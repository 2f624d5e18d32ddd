import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { plannedSteps } from '../fine-tuning/tune-settings.ts';
import type { Stretch } from '../search/trials.ts';
import type { ClassifierSettings } from './settings.ts';
import { stagesOf } from './stages.ts';
import type { StagedState } from './tune-classifier.ts';

/** Epochs of a whole training, in its last stage: those before are gone through at once. */
export const plannedEpochs = (rows: number, settings: ClassifierSettings): number => {
  const { steps, stepsPerEpoch } = plannedSteps(rows, settings);
  return Math.ceil(steps / stepsPerEpoch);
};

/** Lets a training of so many rows go on from where it was, and pauses it where its stretch ends. */
export function pausing(
  rows: number,
  settings: ClassifierSettings,
  { resumed, epochs, pause }: Pick<Stretch<StagedState>, 'resumed' | 'epochs' | 'pause'>,
): Checkpoints<StagedState> {
  const until = epochs * plannedSteps(rows, settings).stepsPerEpoch;
  const last = stagesOf(settings).length - 1;
  return {
    resumed,
    isDue: (step) => step === until,
    keep: async (state) => {
      if (state.stage === last) pause(state);
    },
  };
}
