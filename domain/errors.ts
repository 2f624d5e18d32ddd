/**
 * Errors are written for the person who reads them: what happened, with the values, then what to do.
 * One class per decision that a caller makes; `code` is stable and documented.
 */
export class DriftloopError extends Error {
  readonly code: string;
  readonly fix: string;
  /** Whether trying the same thing again can help (a service that is down), or not (a mistake). */
  readonly retryable: boolean;
  /** The HTTP status that fits, for the doors that speak HTTP. */
  readonly status: number;

  constructor(
    code: `DL_${string}`,
    message: string,
    options: { fix: string; retryable?: boolean; status?: number; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'DriftloopError';
    this.code = code;
    this.fix = options.fix;
    this.retryable = options.retryable ?? false;
    this.status = options.status ?? 400;
  }
}

/** The one line that a CLI or a log prints for an error of ours. */
export const describeError = (error: DriftloopError): string =>
  `${error.code}  ${error.message}\n  fix: ${error.fix}`;
