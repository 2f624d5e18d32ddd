/**
 * How the learning rate goes over a training. `cosine` falls to zero in half a wave; `cosine-restarts` does so `cycles`
 * times; `polynomial` falls to `endRate` by the given power.
 */
export type Schedule =
  | Readonly<{ kind: 'constant' | 'linear' | 'cosine' }>
  | Readonly<{ kind: 'cosine-restarts'; cycles: number }>
  | Readonly<{ kind: 'polynomial'; power: number; endRate: number }>;

export type RatePlan = Readonly<{
  schedule: Schedule;
  /** The highest rate. */
  rate: number;
  /** So many steps does it take to rise there, in a line from 0; 0: it begins there. */
  warmupSteps: number;
  /** Of the whole training, warm-up included. */
  steps: number;
}>;

/**
 * The learning rate of a step, counted from 0: the values of Hugging Face's schedulers (`get_scheduler`). Defined for
 * the steps of the training; beyond them the cosine rises again, as theirs does.
 */
export function learningRateAt({ schedule, rate, warmupSteps, steps }: RatePlan, step: number): number {
  if (step < warmupSteps) return rate * (step / warmupSteps);
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
  switch (schedule.kind) {
    case 'constant':
      return rate;
    case 'linear':
      return rate * Math.max(0, 1 - progress);
    case 'cosine':
      return rate * halfWave(progress);
    case 'cosine-restarts':
      return progress >= 1 ? 0 : rate * halfWave((schedule.cycles * progress) % 1);
    case 'polynomial': {
      const left = Math.max(0, 1 - progress);
      return (rate - schedule.endRate) * left ** schedule.power + schedule.endRate;
    }
    default:
      return schedule satisfies never;
  }
}

/** From 1 at 0 to 0 at 1. I. Loshchilov and F. Hutter, "SGDR" (2017). */
const halfWave = (progress: number): number => (1 + Math.cos(Math.PI * progress)) / 2;
