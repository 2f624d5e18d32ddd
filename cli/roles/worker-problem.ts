import process from 'node:process';
import type { Logger } from 'pino';
import type { RunningWorker } from '../../infra/temporal/workers.ts';
import type { Readiness } from './health.ts';

/** A worker that ended by a fault takes its role with it, so that whoever watches over the role starts it anew. */
export function problemOf(worker: RunningWorker, log: Logger): Readiness {
  let problem: string | null = null;
  worker.ended.then(
    () => (problem = 'the worker has ended'),
    (error: unknown) => {
      log.fatal({ err: error }, 'the worker has ended by a fault');
      problem = String(error);
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    },
  );
  return () => problem;
}
