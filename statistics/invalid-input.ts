import { DriftloopError } from '../domain/errors.ts';

/** A statistic was asked of numbers that it is not defined for. */
export class InvalidInput extends DriftloopError {
  constructor(statistic: string, problem: string, fix: string) {
    super('DL_STATISTIC_INPUT', `${statistic}: ${problem}.`, { fix });
    this.name = 'InvalidInput';
  }
}

/** Successes among trials: whole numbers, 0 ≤ successes ≤ trials, at least one trial. */
export function checkCounts(statistic: string, successes: number, trials: number): void {
  const isSound =
    Number.isInteger(successes) &&
    Number.isInteger(trials) &&
    successes >= 0 &&
    trials >= 1 &&
    successes <= trials;
  if (isSound) return;
  const fix = 'Give whole numbers with 0 ≤ successes ≤ trials, and at least one trial.';
  throw new InvalidInput(statistic, `${successes} of ${trials} is no share`, fix);
}

/** Two lists of the same length, at least one long. */
export function checkPairs(statistic: string, a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  if (a.length === b.length && a.length > 0) return;
  const fix = 'Give two lists of the same length with at least one entry.';
  throw new InvalidInput(statistic, `lists of ${a.length} and ${b.length} entries cannot be paired`, fix);
}
