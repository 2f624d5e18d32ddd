import { beginSearch, dueOf, judge } from './successive-halving.ts';
import type { Rung } from './successive-halving.ts';
import type { TrialResult, TrialScore } from './trials.ts';

export type SearchRun = {
  /** In epochs. The last one is the whole training of the winner, which is not made here. */
  rungs: readonly Rung[];
  /** Takes a trial on to so many epochs in all. */
  advance: (trial: number, epochs: number) => Promise<TrialScore>;
  onResult?: (result: TrialResult) => void;
  /** Who goes on, after each rung. */
  onJudged?: (alive: readonly number[]) => void;
};

/**
 * Successive halving over trials that are trained in stretches: the smaller the validation loss, the longer a trial goes
 * on. It is over as soon as one is left, before the whole training of that one.
 *
 * @returns every trial that was trained, as it stood when it last was, best first
 */
export async function runSearch({ rungs, advance, onResult, onJudged }: SearchRun): Promise<TrialResult[]> {
  const results = new Map<number, TrialResult>();
  let search = beginSearch(rungs);
  let ranked: number[] = [...search.alive];
  while (!search.done && search.alive.length > 1) {
    for (const { trial, to } of dueOf(search)) {
      const { loss, score } = await advance(trial, to);
      const result = { trial, epochs: to, loss, score };
      results.set(trial, result);
      onResult?.(result);
    }
    const { alive } = search;
    search = judge(search, (trial) => -results.get(trial)!.loss);
    onJudged?.(search.alive);
    const out = alive.filter((trial) => !search.alive.includes(trial)).sort(byLoss(results));
    ranked = [...search.alive, ...out, ...ranked.filter((trial) => !alive.includes(trial))];
  }
  return ranked.flatMap((trial) => results.get(trial) ?? []);
}

/** What ran away is last. */
const byLoss = (results: ReadonlyMap<number, TrialResult>) => (a: number, b: number) => {
  const lossOf = (trial: number) => {
    const { loss } = results.get(trial)!;
    return Number.isNaN(loss) ? Infinity : loss;
  };
  return lossOf(a) - lossOf(b) || a - b;
};
