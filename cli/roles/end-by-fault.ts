import process from 'node:process';
import type { Logger } from 'pino';
import { ourError } from '../../domain/errors.ts';

/** A fault that the role cannot go on with takes it away, so that whoever watches over it starts it anew. */
export function endByFault(log: Logger, error: unknown, message: string): void {
  const known = ourError(error);
  if (known === null) log.fatal({ err: error }, message);
  else log.fatal({ code: known.code, fix: known.fix }, `${message}: ${known.message}`);
  process.exitCode = 1;
  process.kill(process.pid, 'SIGTERM');
}
