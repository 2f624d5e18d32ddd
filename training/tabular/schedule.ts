import type { TabularSettings } from '../../domain/tabular-settings.ts';
import { learningRateAt } from '../optimization/schedule.ts';

type Plan = Pick<TabularSettings, 'batchSize' | 'epochs' | 'minSteps' | 'maxSteps'>;

/** How many steps a training takes, and how many of them see every row once. */
export function planSteps(
  rows: number,
  { batchSize, epochs, minSteps, maxSteps }: Plan,
): { steps: number; stepsPerEpoch: number } {
  const stepsPerEpoch = Math.ceil(rows / batchSize);
  return { stepsPerEpoch, steps: Math.min(maxSteps, Math.max(minSteps, epochs * stepsPerEpoch)) };
}

/** The rate of a step, counted from 0, of so many. */
export const rateAt = (
  {
    schedule,
    learningRate: rate,
    warmupShare,
  }: Pick<TabularSettings, 'schedule' | 'learningRate' | 'warmupShare'>,
  step: number,
  steps: number,
): number =>
  learningRateAt(
    { schedule: { kind: schedule }, rate, warmupSteps: Math.round(warmupShare * steps), steps },
    step,
  );
