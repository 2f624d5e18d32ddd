import process from 'node:process';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createTrainingActivities } from '../../activities/control-activities.ts';
import type { Trainer } from '../../domain/ports.ts';
import type { Tracing } from '../../domain/tracing.ts';
import { createFolderCheckpoints } from '../../infra/artifacts/folder-checkpoints.ts';
import { openArtifacts } from '../artifact-store.ts';
import { createBaseStore } from '../../infra/hub/base-store.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';
import { gaugedTrainer } from '../../infra/prometheus/gauged-trainer.ts';
import { reachTemporal } from '../../infra/temporal/connect.ts';
import { connectWorker, createTrainingWorker, installRuntime } from '../../infra/temporal/workers.ts';
import { createTrainer } from '../../infra/trainer.ts';
import { healthRoutes } from './health.ts';
import { problemOf } from './worker-problem.ts';
import type { StartRole } from './role.ts';

async function traced(trainer: Trainer, tracing: Tracing): Promise<Trainer> {
  const { tracedTrainer } = await import('../../infra/tracing/traced-trainer.ts');
  return tracedTrainer(trainer, tracing);
}

/** Fine-tuning only, one at a time, in a child process that can be killed. */
export const start: StartRole = async ({ environment, log, libraryLog, tracing, waitFor }) => {
  installRuntime(libraryLog);
  const [stores, connection] = await Promise.all([
    waitFor('PostgreSQL', () => openStores(environment)),
    waitFor('Temporal', async () => {
      await reachTemporal(environment.temporal);
      return await connectWorker(environment.temporal);
    }),
  ]);
  const registry = new Registry();
  registry.setDefaultLabels({ namespace: environment.namespace });
  collectDefaultMetrics({ register: registry });
  const everyMs = Number(process.env['DRIFTLOOP_CHECKPOINT_MS']);
  const trainer = gaugedTrainer(
    createTrainer({
      onIgnored: (line, because) => log.info({ line, because }, 'a program said something else'),
      onProblem: (error) => log.warn({ error }, 'a checkpoint of a program was not kept'),
    }),
    registry,
  );
  const activities = createTrainingActivities(
    {
      ...stores,
      trainer: tracing === null ? trainer : await traced(trainer, tracing),
      artifacts: openArtifacts(environment),
      bases: createBaseStore(),
      checkpoints: createFolderCheckpoints(environment.artifacts),
    },
    everyMs > 0 ? { checkpointEveryMs: everyMs } : {},
  );
  const worker = await createTrainingWorker({
    connection,
    temporalNamespace: environment.temporal.namespace,
    namespace: environment.namespace,
    activities,
    tracing,
  });
  const problem = problemOf(worker, log);
  return {
    app: healthRoutes(problem, registry),
    async stop() {
      await worker.stop();
      await connection.close();
      await stores.close();
    },
  };
};
