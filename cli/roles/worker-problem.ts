import type { Log } from '../../domain/log-events.ts';
import type { RunningWorker } from '../../infra/temporal/workers.ts';
import { endByFault } from './end-by-fault.ts';
import type { Readiness } from './health.ts';

/** A worker that ended by a fault takes its role with it, so that whoever watches over the role starts it anew. */
export function problemOf(worker: RunningWorker, log: Log): Readiness {
  let problem: string | null = null;
  worker.ended.then(
    () => (problem = 'the worker has ended'),
    (error: unknown) => {
      problem = String(error);
      endByFault(log, error, 'the worker has ended by a fault');
    },
  );
  return () => problem;
}
