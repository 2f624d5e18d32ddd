import process from 'node:process';
import { ourError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log-events.ts';

type Fault = 'the role cannot go on' | 'the worker has ended by a fault';

/** A fault that the role cannot go on with takes it away, so that whoever watches over it starts it anew. */
export function endByFault(log: Log, error: unknown, message: Fault): void {
  const known = ourError(error);
  log.fatal({ err: known ?? error, code: known?.code, fix: known?.fix }, message);
  process.exitCode = 1;
  process.kill(process.pid, 'SIGTERM');
}
