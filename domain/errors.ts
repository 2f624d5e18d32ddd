import { errorCodes, isErrorCode } from './error-codes.ts';
import type { ErrorCode } from './error-codes.ts';

/**
 * Errors are written for the person who reads them: what happened, with the values, then what to do.
 * One class per decision that a caller makes; `code` is stable, and stands in the table of error-codes.ts, which says
 * its status and whether trying again can help.
 */
export class DriftloopError extends Error {
  readonly code: ErrorCode;
  readonly fix: string;
  /** Whether trying the same thing again can help (a service that is down), or not (a mistake). */
  readonly retryable: boolean;
  /** The HTTP status that fits, for the doors that speak HTTP. */
  readonly status: number;

  constructor(
    code: ErrorCode,
    message: string,
    options: { fix: string; retryable?: boolean; status?: number; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'DriftloopError';
    this.code = code;
    this.fix = options.fix;
    // A code of another release, out of a workflow, may not be in our table.
    const known = isErrorCode(code) ? errorCodes[code] : undefined;
    this.retryable = options.retryable ?? known?.retryable ?? false;
    this.status = options.status ?? known?.status ?? 400;
  }
}

/** The one line that a CLI or a log prints for an error of ours. */
export const describeError = (error: DriftloopError): string =>
  `${error.code}  ${error.message}\n  fix: ${error.fix}`;

/** Our own error, however deep others have wrapped it on its way; null where it is none of ours. */
export function ourError(error: unknown): DriftloopError | null {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof DriftloopError) return e;
  return null;
}

/** An address fit to be shown: without its password. */
export const withoutPassword = (address: string): string =>
  address.replaceAll(/(\w+:\/\/[^:@/\s]*):[^@\s]*@/g, '$1:***@');
