import type { BudgetRow } from '../../monitors/drift-budget/drift-budget.ts';
import { randomShares } from './random-shares.ts';

/** Champions whose errors and answers do not change, one after the other: what they do a budget of false alarms is kept on. */
export const driftFreeKinds = ['independent', 'in runs', 'ten labels', 'slowly wandering'] as const;
export type DriftFreeKind = (typeof driftFreeKinds)[number];

type Answered = Pick<BudgetRow, 'isWrong' | 'answer'>;

/**
 * Rows of a champion, one at each call. `in runs`: an error is followed by its like for about ten rows, an answer for
 * twenty. `slowly wandering`: the odds of an error follow an autoregression with a memory of a hundred rows.
 */
export function driftFree(kind: DriftFreeKind, seed: number): () => Answered {
  const random = randomShares(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  /** Further rows until it may change, where it may with each row with that probability. */
  const runOf = (chance: number) => Math.floor(Math.log(1 - random()) / Math.log(1 - chance));
  let [errorRuns, answerRuns] = [0, 0];
  let isWrong = random() < 0.1;
  let isA = random() < 0.3;
  let [wandering, persistence] = [normal(), 0.99];
  switch (kind) {
    case 'independent':
      return () => ({ isWrong: random() < 0.1, answer: random() < 0.3 ? 'A' : 'B' });
    case 'in runs':
      return () => {
        if (errorRuns-- === 0) [isWrong, errorRuns] = [random() < 0.1, runOf(0.1)];
        if (answerRuns-- === 0) [isA, answerRuns] = [random() < 0.3, runOf(0.05)];
        return { isWrong, answer: isA ? 'A' : 'B' };
      };
    case 'ten labels':
      return () => ({ isWrong: random() < 0.25, answer: `L${Math.floor(10 * random() * random())}` });
    case 'slowly wandering':
      return () => {
        wandering = persistence * wandering + Math.sqrt(1 - persistence ** 2) * normal();
        const odds = Math.exp(-2.2 + 0.7 * wandering);
        return { isWrong: random() < odds / (1 + odds), answer: random() < 0.3 ? 'A' : 'B' };
      };
    default:
      return kind satisfies never;
  }
}
