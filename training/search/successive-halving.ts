/** A stage of a search: so many trials go on until each has taken so many steps in all. */
export type Rung = Readonly<{ trials: number; steps: number }>;

export type HalvingPlan = Readonly<{
  /** Steps of all trials together, at most. */
  budget: number;
  /** Steps that a training takes which is not cut short. */
  fullSteps: number;
  /** One of so many goes on from each rung. */
  keepOneOf?: number;
  mostTrials?: number;
}>;

const KEEP_ONE_OF = 3;
const MOST_TRIALS = 27;

/**
 * Successive halving: many trials take a few steps, the best of them take more, until one has taken all. As many trials
 * as the budget allows; a trial goes on from where it was, so its steps are paid once. Where the budget is less than one
 * whole training there is one trial, which it is spent on.
 *
 * Source: K. Jamieson and A. Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization" (2016).
 */
export function planRungs({
  budget,
  fullSteps,
  keepOneOf = KEEP_ONE_OF,
  mostTrials = MOST_TRIALS,
}: HalvingPlan): Rung[] {
  for (let trials = mostTrials; trials > 1; trials -= 1) {
    const rungs = rungsOf(trials, fullSteps, keepOneOf);
    if (costOf(rungs) <= budget) return rungs;
  }
  return [{ trials: 1, steps: Math.min(fullSteps, budget) }];
}

/** Steps of all trials of all rungs together. */
export const costOf = (rungs: readonly Rung[]): number =>
  rungs.reduce((sum, { trials, steps }, i) => sum + trials * (steps - (rungs[i - 1]?.steps ?? 0)), 0);

function rungsOf(trials: number, fullSteps: number, keepOneOf: number): Rung[] {
  const counts = [trials];
  while (counts.at(-1)! > 1) counts.push(Math.max(1, Math.floor(counts.at(-1)! / keepOneOf)));
  const last = counts.length - 1;
  const rungs = counts.map((n, i) => ({
    trials: n,
    steps: Math.max(1, Math.ceil(fullSteps / keepOneOf ** (last - i))),
  }));
  // So short a training has rungs that are no longer than the one before: they would tell nothing new.
  return rungs.filter(({ steps }, i) => i === 0 || i === last || steps > rungs[i - 1]!.steps);
}

/** Where a search is; plain data. Trials are numbered from 0. */
export type Search = Readonly<{
  rungs: readonly Rung[];
  rung: number;
  /** Who is still in it, best first once there are scores. */
  alive: readonly number[];
  done: boolean;
}>;

export const beginSearch = (rungs: readonly Rung[]): Search => ({
  rungs,
  rung: 0,
  alive: Array.from({ length: rungs[0]!.trials }, (_, trial) => trial),
  done: false,
});

/** What is to be trained now: each of these, from so many steps to so many. */
export const dueOf = ({ rungs, rung, alive, done }: Search) =>
  done ? [] : alive.map((trial) => ({ trial, from: rungs[rung - 1]?.steps ?? 0, to: rungs[rung]!.steps }));

/**
 * Everyone who was due has a score on the validation rows; larger is better, and one that is not a number (a training
 * that ran away) is worse than any. The best go on; of equal ones the one with the smaller number. After the last rung
 * the first of `alive` has won.
 */
export function judge(search: Search, scoreOf: (trial: number) => number): Search {
  const { rungs, rung, alive } = search;
  const worth = (trial: number) => {
    const score = scoreOf(trial);
    return Number.isNaN(score) ? -Infinity : score;
  };
  const ranked = [...alive].sort((a, b) => {
    const [of, than] = [worth(b), worth(a)];
    return of === than ? a - b : of > than ? 1 : -1;
  });
  const next = rungs[rung + 1];
  return next
    ? { ...search, rung: rung + 1, alive: ranked.slice(0, next.trials) }
    : { ...search, alive: ranked, done: true };
}
