import { ApplicationFailure, ActivityFailure, ChildWorkflowFailure } from '@temporalio/common';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { ErrorCode } from '../../domain/error-codes.ts';
import { DriftloopError, ourError } from '../../domain/errors.ts';

/** Driftloop's errors on their way through Temporal: code, fix and whether to try again survive. */

type Carried = { fix: string; status: number };

/** As Temporal keeps it. The code becomes the type; a mistake is not tried again. */
export const toFailure = (error: DriftloopError): ApplicationFailure =>
  ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !error.retryable,
    details: [{ fix: error.fix, status: error.status } satisfies Carried],
    cause: error,
  });

/** Our own error out of what a client of Temporal got, or null where it is none of ours. */
export function fromFailure(error: unknown): DriftloopError | null {
  if (error instanceof DriftloopError) return error;
  const isEnvelope =
    error instanceof ActivityFailure ||
    error instanceof ChildWorkflowFailure ||
    error instanceof WorkflowFailedError ||
    error instanceof WorkflowUpdateFailedError;
  if (isEnvelope) return fromFailure(error.cause);
  if (!(error instanceof ApplicationFailure) || !isCode(error.type)) return null;
  const carried = error.details?.[0] as Partial<Carried> | undefined;
  return new DriftloopError(error.type, error.message, {
    fix: carried?.fix ?? 'See the story of the run: driftloop run show ID',
    status: carried?.status ?? 500,
    retryable: error.nonRetryable !== true,
    cause: error,
  });
}

/** Also of another release, whose codes we may not know. */
const isCode = (type: string | null | undefined): type is ErrorCode => type?.startsWith('DL_') ?? false;

/** Stands around every activity, so that activities throw plain `DriftloopError`s and know nothing of Temporal's. */
export const failureInterceptor: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    try {
      return await next(input);
    } catch (error) {
      const known = ourError(error);
      throw known === null ? error : toFailure(known);
    }
  },
};
