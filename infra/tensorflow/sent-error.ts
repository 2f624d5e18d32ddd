import type { ErrorCode } from '../../domain/error-codes.ts';
import { DriftloopError } from '../../domain/errors.ts';

/** An error on its way between processes. */
export type SentError = {
  code: ErrorCode | null;
  message: string;
  fix: string;
  retryable: boolean;
  status: number;
  stack: string;
};

export function sendError(error: unknown): SentError {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return error instanceof DriftloopError
    ? {
        code: error.code,
        message: error.message,
        fix: error.fix,
        retryable: error.retryable,
        status: error.status,
        stack,
      }
    : {
        code: null,
        message: error instanceof Error ? error.message : String(error),
        fix: '',
        retryable: false,
        status: 500,
        stack,
      };
}

/** The same error on this side; one that is none of ours is a bug, and keeps the child's stack. */
export function receiveError(sent: SentError): Error {
  if (sent.code === null) {
    const error = new Error(sent.message);
    if (sent.stack) error.stack = sent.stack;
    return error;
  }
  return new DriftloopError(sent.code, sent.message, sent);
}
