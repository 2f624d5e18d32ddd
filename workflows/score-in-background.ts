import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Step } from '../activities/canary.ts';
import { scoring } from './activities.ts';
import { explainFailure } from './explain-failure.ts';
import type { Course } from './rollout-course.ts';

export type Background = {
  /** Scores the labels that have come, unless it is still at it. */
  poke(): void;
  /** Why labels could not be scored, told once; null where they could. */
  problem(): string | null;
  stop(): void;
};

/** Both versions score new labels beside the looks: scoring takes as long as it takes, and no look waits for it. */
export function scoreInBackground(step: Step, course: Course): Background {
  const scope = new CancellationScope();
  let isBusy = false;
  let problem: string | null = null;
  const score = async () => {
    try {
      course.arrivals = await scoring.scoreArrivals({ ...step, before: course.arrivals });
    } catch (error) {
      if (!isCancellation(error)) problem = `Labels could not be scored: ${explainFailure(error)}`;
    } finally {
      isBusy = false;
    }
  };
  return {
    poke() {
      if (isBusy) return;
      isBusy = true;
      void scope.run(score).catch(() => {});
    },
    problem() {
      const told = problem;
      problem = null;
      return told;
    },
    stop: () => {
      if (isBusy) scope.cancel();
    },
  };
}
