import { trialServers } from '../../cli/roles/trial-server.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@temporalio/client';
import { createControlActivities, createTrainingActivities } from '../../activities/control-activities.ts';
import { workflowIds } from '../../domain/names.ts';
import type { InputRow } from '../../domain/input.ts';
import type { PredictionMessage } from '../../domain/messages.ts';
import type { Run } from '../../domain/run.ts';
import { createMetricsReader } from '../../infra/prometheus/metrics-reader.ts';
import { connectLoop } from '../../infra/temporal/loop.ts';
import { createRunProbe } from '../../infra/temporal/run-probe.ts';
import { createDrillAligner, createScheduleAligner } from '../../infra/temporal/schedules.ts';
import { createControlWorker, createTrainingWorker } from '../../infra/temporal/workers.ts';
import { createPredictor, createTrainer, withPredictor } from '../../infra/trainer.ts';
import { createWebhook } from '../../infra/webhook/signed-post.ts';
import { until } from '../workflows/loop-environment.ts';
import type { ActivityWorld } from './activity-world.ts';
import type { startTestTemporal } from './test-temporal.ts';

/**
 * The whole loop of model `m`, which its team serves: real workflows, activities, database, artifacts and workers; the
 * team is told by webhook, and its production says who is champion.
 */

const MINUTE_MS = 60_000;

/** A team that is handed versions over. Its address is what `outside({ webhook })` names. */
export async function startTeam() {
  const handed: { version: string; metrics: object }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      handed.push((JSON.parse(Buffer.concat(chunks).toString()) as { data: (typeof handed)[number] }).data);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    handed,
    webhook: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => void server.close(),
  };
}

type Team = Awaited<ReturnType<typeof startTeam>>;
type Temporal = Awaited<ReturnType<typeof startTestTemporal>>;
type LabelledRow = Parameters<ActivityWorld['label']>[0][number];

/** What a run needs of production while it goes on. */
export type Production = {
  /** Rows that nobody has seen yet, with what is right, once the challenger is there. */
  fresh: readonly LabelledRow[];
  /** What the team answers with the new version, again and again. */
  asked: readonly InputRow[];
  output: PredictionMessage['output'];
};

/** A run that a person asks for, from its beginning to its end. */
export async function runWhole(
  { stores, ports, namespace, label, predict }: ActivityWorld,
  { temporal, team }: { temporal: Temporal; team: Team },
  { fresh, asked, output }: Production,
): Promise<Run> {
  const { connection, address } = temporal;
  const client = new Client({ connection, namespace: address.namespace });
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const control = createControlActivities(
    {
      ...ports,
      // Nobody watches this model, and nothing asks for its numbers.
      metrics: createMetricsReader({ url: 'http://127.0.0.1:1', namespace }),
      webhook: createWebhook(() => secret),
      withPredictor,
      startServer: trialServers({ artifacts: ports.artifacts, createPredictor }),
      isRunAlive: createRunProbe(client, namespace),
      alignSchedule: createScheduleAligner(client, namespace),
      alignDrills: createDrillAligner(client, namespace),
    },
    { namespace, pace: { beatMs: 50, stretchMs: MINUTE_MS } },
  );
  const onQueues = { connection, temporalNamespace: address.namespace, namespace };
  const workers = await Promise.all([
    createControlWorker({ ...onQueues, activities: control }),
    createTrainingWorker({
      ...onQueues,
      activities: createTrainingActivities({ ...ports, trainer: createTrainer() }),
    }),
  ]);
  const { loop, close } = await connectLoop({ namespace, temporal: address });
  try {
    const before = team.handed.length;
    const { runId } = await loop.requestRun('m', { by: 'ada', reason: 'new terms since Monday' });
    await until(async () => (await stores.runs.get(runId)).version !== null, MINUTE_MS);
    await label(fresh);
    await until(() => team.handed.length > before, MINUTE_MS);
    const { version } = team.handed.at(-1)!;
    await until(async () => {
      const { outcome } = await stores.runs.get(runId);
      if (outcome === null) await predict(asked, { version, output });
      return outcome !== null;
    }, MINUTE_MS);
    return await stores.runs.get(runId);
  } finally {
    await client.workflow
      .getHandle(workflowIds.supervise(namespace, 'm'))
      .terminate()
      .catch(() => {});
    await Promise.all(workers.map((worker) => worker.stop()));
    await close();
  }
}
