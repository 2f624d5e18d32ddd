import { performance } from 'node:perf_hooks';
import { runIngest } from '../../../infra/kafka/run-ingest.ts';
import { openStores } from '../../../infra/postgres/open-stores.ts';
import type { IngestStore } from '../../../domain/ingest-ports.ts';
import { postgresSeconds } from './processor-time.ts';

export type OwnRun = {
  seconds: number;
  /** Processor time, of this process and of PostgreSQL. */
  node: number;
  postgres: number;
  transactions: number;
};

/** Ingest as the monitor runs it, from its first transaction until everything has taken effect. */
export async function runOurs({
  databaseUrl,
  namespace,
  brokers,
  events,
  beside,
}: {
  databaseUrl: string;
  namespace: string;
  brokers: string[];
  events: number;
  /** What else runs in the process, until the signal; ingest is not done before `isDone`. */
  beside?: (stores: Awaited<ReturnType<typeof openStores>>) => {
    run(signal: AbortSignal): Promise<void>;
    isDone(): Promise<boolean>;
  };
}): Promise<OwnRun> {
  const stores = await openStores({ databaseUrl, namespace });
  const stopping = new AbortController();
  const postgres = await postgresSeconds({ databaseUrl, namespace });
  let began: { at: number; cpu: NodeJS.CpuUsage; postgres: number } | null = null;
  let transactions = 0;
  const ingest: IngestStore = {
    ...stores.ingest,
    makeRoom: (ids) => {
      began ??= { at: performance.now(), cpu: process.cpuUsage(), postgres: postgres() };
      return stores.ingest.makeRoom(ids);
    },
    transact: (at, work) => {
      transactions += 1;
      return stores.ingest.transact(at, work);
    },
  };
  const running = runIngest({
    kafka: { brokers },
    namespace,
    stores: { ingest, teach: stores.teach },
    signal: stopping.signal,
    log: (line) => process.stderr.write(`${JSON.stringify(line)}\n`),
  });
  const other = beside?.(stores);
  const otherRunning = other?.run(stopping.signal);
  try {
    const done = async () => {
      const { stored } = await stores.totals.eventTotals();
      return stored >= events && (await other?.isDone()) !== false;
    };
    while (!(await done())) {
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    const ended = performance.now();
    const { user, system } = process.cpuUsage(began!.cpu);
    return {
      seconds: (ended - began!.at) / 1000,
      node: (user + system) / 1e6,
      postgres: postgres() - began!.postgres,
      transactions,
    };
  } finally {
    stopping.abort();
    await Promise.all([running.catch(() => {}), otherRunning]);
    await stores.close();
  }
}
