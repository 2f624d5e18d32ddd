import type { TabularSettings } from '../../domain/tabular-settings.ts';
import type { Stretch } from '../search/trials.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import type { FitState } from './fit.ts';
import { planSteps } from './schedule.ts';

/** Epochs of a whole training. */
export const plannedEpochs = (rows: number, settings: TabularSettings): number => {
  const { steps, stepsPerEpoch } = planSteps(rows, settings);
  return Math.ceil(steps / stepsPerEpoch);
};

/** Lets a training of so many rows go on from where it was, and pauses it where its stretch ends. */
export function pausing(
  rows: number,
  settings: TabularSettings,
  { resumed, epochs, pause }: Pick<Stretch<FitState>, 'resumed' | 'epochs' | 'pause'>,
): Checkpoints<FitState> {
  const until = epochs * planSteps(rows, settings).stepsPerEpoch;
  return {
    resumed,
    isDue: (step) => step === until,
    keep: async (state) => pause(state),
  };
}
