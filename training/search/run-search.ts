import { beginSearch, dueOf, judge } from './successive-halving.ts';
import type { Rung } from './successive-halving.ts';
import type { TrialScore } from './trials.ts';

/** How a trial has done; `epochs`: that it was trained for. */
export type TrialResult = Readonly<{ trial: number; epochs: number } & TrialScore>;

export type SearchRun = {
  /** In epochs. The last one is the whole training of the winner, which is not made here. */
  rungs: readonly Rung[];
  /** Takes a trial on to so many epochs in all. */
  advance: (trial: number, epochs: number) => Promise<TrialScore>;
  onResult?: (result: TrialResult) => void;
};

/**
 * Successive halving over trials that are trained in stretches: the smaller the validation loss, the longer a trial goes
 * on. It is over as soon as one is left, before the whole training of that one.
 *
 * @returns every trial as it stood when it was last trained, best first
 */
export async function runSearch({ rungs, advance, onResult }: SearchRun): Promise<TrialResult[]> {
  const results = new Map<number, TrialResult>();
  let search = beginSearch(rungs);
  let ranked: number[] = [...search.alive];
  while (!search.done && search.alive.length > 1) {
    for (const { trial, to } of dueOf(search)) {
      const result = { trial, epochs: to, ...(await advance(trial, to)) };
      results.set(trial, result);
      onResult?.(result);
    }
    const { alive } = search;
    search = judge(search, (trial) => -results.get(trial)!.loss);
    const out = alive.filter((trial) => !search.alive.includes(trial)).sort(byLoss(results));
    ranked = [...search.alive, ...out, ...ranked.filter((trial) => !alive.includes(trial))];
  }
  return ranked.map((trial) => results.get(trial)!);
}

/** What ran away is last. */
const byLoss = (results: ReadonlyMap<number, TrialResult>) => (a: number, b: number) => {
  const lossOf = (trial: number) => {
    const { loss } = results.get(trial)!;
    return Number.isNaN(loss) ? Infinity : loss;
  };
  return lossOf(a) - lossOf(b) || a - b;
};
