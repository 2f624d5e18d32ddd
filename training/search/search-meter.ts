import type { TrainingProgress } from '../../domain/run.ts';
import { costOf } from './successive-halving.ts';
import type { Rung } from './successive-halving.ts';
import type { TrialSoFar } from './trials.ts';

/**
 * Says the steps of a search, and of the training that follows it, as those of one training.
 *
 * @param tried what is tried so far, in its order; it grows
 * @param whole steps of the training that follows
 */
export function searchMeter(
  tried: readonly TrialSoFar[],
  { stepsPerEpoch, whole }: { stepsPerEpoch: number; whole: number },
) {
  const epochsOf = (trial: number) => tried.findLast((one) => one.trial === trial)?.epochs ?? 0;
  const done = () => {
    const trials = new Set(tried.map(({ trial }) => trial));
    return [...trials].reduce((sum, trial) => sum + epochsOf(trial), 0) * stepsPerEpoch;
  };
  let planned = 0;
  let stretch = { from: 0, most: 0 };
  return {
    /** Of all trials together, so far. */
    done,
    plan(rungs: readonly Rung[]) {
      planned = costOf(rungs.slice(0, -1)) * stepsPerEpoch + whole;
    },
    /** A trial goes on, to so many epochs in all. */
    begin(trial: number, epochs: number) {
      const from = epochsOf(trial);
      stretch = { from: from * stepsPerEpoch, most: (epochs - from) * stepsPerEpoch };
    },
    /** What the trial that runs says of itself, as the whole says it. */
    inAll(progress: TrainingProgress): TrainingProgress {
      const taken = Math.min(stretch.most, Math.max(0, progress.step - stretch.from));
      const step = done() + taken;
      return { ...progress, step, steps: Math.max(planned, step + whole) };
    },
  };
}
