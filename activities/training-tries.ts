import { DriftloopError } from '../domain/errors.ts';

/** How often in a row a training was started without getting further than the start before. */
export type Tries = { inARow: number; fromStep: number };

export const noTries: Tries = { inARow: 0, fromStep: 0 };

/** So many are given to what dies for no reason of its own; one that gets nowhere dies for the same reason again. */
export const TRIES_IN_A_ROW = 3;

/** Before the process starts: until it has said where it goes on from, it counts as one that got no further. */
export const oneMore = ({ inARow, fromStep }: Tries): Tries => ({ inARow: inARow + 1, fromStep });

/** It goes on from this step: from another one than the start before, it is the first that does. */
export const goesOnFrom = (tries: Tries, step: number): Tries =>
  step === tries.fromStep ? tries : { inARow: 1, fromStep: step };

/** Null while there are tries left. `cause`: what the last one died of, where anybody has seen it. */
export function givenUp({ inARow, fromStep }: Tries, model: string, cause?: unknown): DriftloopError | null {
  if (inARow < TRIES_IN_A_ROW) return null;
  const where = fromStep === 0 ? 'before its first checkpoint' : `soon after step ${fromStep}`;
  const howOften = `That was ${inARow} times in a row, always ${where}: it is not tried again`;
  if (cause instanceof DriftloopError)
    return new DriftloopError(cause.code, `${cause.message} ${howOften}.`, {
      fix: cause.fix,
      status: cause.status,
      retryable: false,
      cause,
    });
  const seen =
    cause === undefined
      ? `The worker that trained ${model} died.`
      : `The training of ${model} failed: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}.`;
  return new DriftloopError('DL_TRAINING_CRASHED', `${seen} ${howOften}.`, {
    fix:
      cause === undefined
        ? 'See what ended the GPU workers: their logs, and whether the machine or the container ran out of memory.'
        : 'The log of the GPU worker says more; the snapshot and its rows are kept.',
    status: 500,
    retryable: false,
    cause,
  });
}
