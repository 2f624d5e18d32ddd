import type { Speaker } from './person.ts';
import type { Loop } from './ports.ts';
import { noRollout } from './rollout-refusals.ts';
import type { RolloutStanding, Steering } from './rollout.ts';

/** What somebody wants to say, with the run that they mean; left out, whichever goes on. */
export type Word = Speaker & {
  kind: Steering['kind'];
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
  { kind, reason, runId: meant, ...speaker }: Word,
): Promise<RolloutStanding> {
  const now = await loop.rollout(model);
  if (now === null || (meant !== undefined && meant !== now.runId)) throw noRollout(model);
  const { runId } = now;
  await loop.steer(
    model,
    kind === 'skip' || kind === 'abort'
      ? { runId, ...speaker, kind, reason: reason ?? '' }
      : { runId, ...speaker, kind, reason },
  );
  return now;
}
