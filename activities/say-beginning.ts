import type { TrainingProgress } from '../domain/run.ts';
import type { Tries } from './training-tries.ts';

/** What the story of a run says where a training begins after an interruption; null where it was not interrupted. */
export function sayBeginning(
  { step, steps, resumedAtStep }: TrainingProgress,
  { before, hadCheckpoint }: { before: Tries; hadCheckpoint: boolean },
): string | null {
  if (resumedAtStep !== null)
    return `The training was interrupted, and is resumed at step ${step} of ${steps}.`;
  if (hadCheckpoint)
    return 'The training was interrupted, and begins again: its checkpoint is damaged, or of other rows, settings or another backend.';
  return before.inARow === 0
    ? null
    : 'The training was interrupted before its first checkpoint, and begins again.';
}
