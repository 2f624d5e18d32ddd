import type { FineTune } from '../../domain/model-config.ts';

type Plan = Pick<FineTune, 'batchSize' | 'epochs' | 'minSteps' | 'maxSteps'>;

/** How many steps a training takes, and how many of them see every row once. */
export function planSteps(
  rows: number,
  { batchSize, epochs, minSteps, maxSteps }: Plan,
): { steps: number; stepsPerEpoch: number } {
  const stepsPerEpoch = Math.ceil(rows / batchSize);
  return { stepsPerEpoch, steps: Math.min(maxSteps, Math.max(minSteps, epochs * stepsPerEpoch)) };
}

/** Cosine decay from `rate` at step 0 to zero after the last. I. Loshchilov and F. Hutter, "SGDR" (2017), no restarts. */
export const cosineRate = (rate: number, step: number, steps: number): number =>
  (rate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
