import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
} from '@temporalio/workflow';
import type { ErrorCode } from '../domain/error-codes.ts';
import type { DriftloopError } from '../domain/errors.ts';
import { CANCELLED } from '../domain/run.ts';

/** What went wrong, in the words of whoever threw it: Temporal's envelopes are opened. */
export function explainFailure(error: unknown): string {
  if (isCancellation(error)) return CANCELLED;
  const inner = innermost(error);
  if (inner instanceof ApplicationFailure) {
    const code = inner.type?.startsWith('DL_') ? ` (${inner.type})` : '';
    return `${inner.message}${code}`;
  }
  return inner instanceof Error ? inner.message : String(inner);
}

/** The same, and what to do where whoever threw it knew. */
export function explainWithFix(error: unknown): string {
  const inner = innermost(error);
  const { fix } = ((inner instanceof ApplicationFailure && inner.details?.[0]) || {}) as { fix?: unknown };
  return `${explainFailure(error)}${typeof fix === 'string' && fix !== '' ? ` Fix: ${fix}` : ''}`;
}

export const codeOf = (error: unknown): string | null => {
  const inner = innermost(error);
  return inner instanceof ApplicationFailure ? (inner.type ?? null) : null;
};

function innermost(error: unknown): unknown {
  const isEnvelope = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  return isEnvelope && error.cause !== undefined ? innermost(error.cause) : error;
}

/** An error with a code and a fix, as clients of updates get it; never worth another try. */
export const refusal = (code: ErrorCode, message: string, fix: string): ApplicationFailure =>
  ApplicationFailure.create({ type: code, message, nonRetryable: true, details: [{ fix, status: 409 }] });

/** The same of an error that the domain words. */
export const failureOf = ({ code, message, fix }: DriftloopError): ApplicationFailure =>
  refusal(code, message, fix);
