import type { Loop } from './ports.ts';
import { noRollout } from './rollout-refusals.ts';
import type { RolloutStanding, Steering } from './rollout.ts';

/** What somebody wants to say, with the run that they mean; left out, whichever goes on. */
export type Word = {
  kind: Steering['kind'];
  by: string;
  /** A skip and an abort have to have one. */
  reason: string | null;
  runId?: string;
};

/**
 * Says a word to the rollout of a model, and returns to which.
 *
 * @throws DL_NO_ROLLOUT where none goes on, or another than is meant; DL_ROLLOUT_FROZEN
 */
export async function sayToRollout(
  loop: Pick<Loop, 'rollout' | 'steer'>,
  model: string,
  { kind, by, reason, runId: meant }: Word,
): Promise<RolloutStanding> {
  const now = await loop.rollout(model);
  if (now === null || (meant !== undefined && meant !== now.runId)) throw noRollout(model);
  const { runId } = now;
  await loop.steer(
    model,
    kind === 'skip' || kind === 'abort'
      ? { runId, by, kind, reason: reason ?? '' }
      : { runId, by, kind, reason },
  );
  return now;
}
