import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { workflowIds } from '../../domain/names.ts';
import type { Loop } from '../../domain/ports.ts';
import type { Tracing } from '../../domain/tracing.ts';
import { temporal } from '../../infra/local/parts/temporal.ts';
import { provision } from '../../infra/local/provision.ts';
import { startTemporal } from '../../infra/local/services/temporal.ts';
import { realTools } from '../../infra/local/tools.ts';
import { connectLoop } from '../../infra/temporal/loop.ts';
import {
  connectWorker,
  createControlWorker,
  createTrainingWorker,
  installRuntime,
} from '../../infra/temporal/workers.ts';
import type { RunningWorker } from '../../infra/temporal/workers.ts';
import type { Scripted } from '../fakes/scripted-loop.ts';

/** What a story has in hand: the Loop port, a client beside it, and its workers, which it may stop and replace. */
export type Teller = {
  loop: Loop;
  client: Client;
  namespace: string;
  workers: RunningWorker[];
  startWorkers(): Promise<void>;
};

/** A real Temporal server in a folder of its own, on which scripted loops tell stories about a model called `meter`. */
export async function startTestTemporal() {
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-temporal-'));
  const part = await provision({ ...temporal, variable: undefined as never }, realTools());
  if (part === null || part.where === 'environment') throw new Error('no Temporal server to start');
  const setting = { directory: folder, logs: folder, lastPorts: [] };
  const server = await startTemporal(part.files.temporal, setting);
  const address = { address: server.address, namespace: 'default' };
  const silent = () => {};
  installRuntime({ debug: silent, info: silent, warn: silent, error: silent });
  const connection = await connectWorker(address);
  let stories = 0;
  return {
    connection,
    address,
    tell: async (
      scripted: Scripted,
      story: (teller: Teller) => Promise<void>,
      tracing: TracingOfRoles = {},
    ): Promise<void> => {
      const namespace = `story-${(stories += 1)}`;
      await tellOne({ connection, address, namespace, scripted, tracing }, story);
    },
    async stop() {
      await connection.close();
      await server.service.process.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Of the processes that a story is spread over; left out where traces are off. */
export type TracingOfRoles = { console?: Tracing; worker?: Tracing; gpu?: Tracing };

type One = {
  connection: NativeConnection;
  address: { address: string; namespace: string };
  namespace: string;
  scripted: Scripted;
  tracing: TracingOfRoles;
};

async function tellOne(
  { connection, address, namespace, scripted, tracing }: One,
  story: (teller: Teller) => Promise<void>,
): Promise<void> {
  const settings = {
    connection,
    temporalNamespace: address.namespace,
    namespace,
    activities: scripted.activities,
  };
  const workers: RunningWorker[] = [];
  const startWorkers = async () =>
    void workers.push(
      await createControlWorker({ ...settings, tracing: tracing.worker ?? null }),
      await createTrainingWorker({ ...settings, tracing: tracing.gpu ?? null }),
    );
  await startWorkers();
  const { loop, close } = await connectLoop(
    { namespace, temporal: address },
    { tracing: tracing.console ?? null },
  );
  const client = new Client({ connection, namespace: address.namespace });
  try {
    await story({ loop, client, namespace, workers, startWorkers });
  } finally {
    for (const id of [workflowIds.supervise, workflowIds.retrain, workflowIds.rollout])
      await client.workflow
        .getHandle(id(namespace, 'meter'))
        .terminate()
        .catch(() => {});
    await Promise.all(workers.map((worker) => worker.stop()));
    await close();
  }
}
