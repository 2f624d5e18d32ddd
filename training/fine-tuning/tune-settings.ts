import type { Schedule } from '../optimization/schedule.ts';

/** How a network is trained, whatever of it is. */
export type TuneSettings = Readonly<{
  /** The highest rate. A base that knows much wants a gentle one: 2e-5 for all of it, 1e-3 for an adapter or a head. */
  learningRate: number;
  schedule: Schedule;
  /** Share of the steps in which the rate rises from 0. */
  warmupShare: number;
  /** Rows of a step. */
  batchSize: number;
  /** Rows that are in memory at once; the gradients of a step's parts are added up. Default: all of the step. */
  microBatchSize?: number;
  epochs: number;
  /** Whatever the epochs. */
  maxSteps?: number;
  /** The gradient of a step is shortened to this length. */
  maxNorm: number;
  /** Epochs without a better validation loss after which it stops. */
  patience: number;
  seed: number;
}>;

/** Steps of a whole training, and of one pass over the rows. */
export function plannedSteps(
  rows: number,
  { batchSize, epochs, maxSteps = Infinity }: Pick<TuneSettings, 'batchSize' | 'epochs' | 'maxSteps'>,
): { steps: number; stepsPerEpoch: number } {
  const stepsPerEpoch = Math.ceil(rows / batchSize);
  return { stepsPerEpoch, steps: Math.min(maxSteps, epochs * stepsPerEpoch) };
}
