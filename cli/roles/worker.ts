import process from 'node:process';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createControlActivities } from '../../activities/control-activities.ts';
import { livelyPace, productionPace } from '../../activities/keep-watching.ts';
import { createFolderCheckpoints } from '../../infra/artifacts/folder-checkpoints.ts';
import { openArtifacts } from '../artifact-store.ts';
import { findTwinsInThread } from '../../infra/gate/find-twins-in-thread.ts';
import { judgeInThread } from '../../infra/gate/judge-in-thread.ts';
import { reportInThread } from '../../infra/gate/report-in-thread.ts';
import { imageTexts } from '../../infra/images/image-texts.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';
import { createMetricsReader } from '../../infra/prometheus/metrics-reader.ts';
import { reachPrometheus } from '../../infra/prometheus/reach.ts';
import { connectClient, reachTemporal } from '../../infra/temporal/connect.ts';
import { createRunProbe } from '../../infra/temporal/run-probe.ts';
import { createDrillAligner, createScheduleAligner } from '../../infra/temporal/schedules.ts';
import { connectWorker, createControlWorker, installRuntime } from '../../infra/temporal/workers.ts';
import { gaugeDeliveries } from '../../infra/prometheus/delivery-gauge.ts';
import { runDeliveries } from '../../infra/webhook/run-deliveries.ts';
import { createWebhook } from '../../infra/webhook/signed-post.ts';
import { boundedPredictor } from '../../infra/tensorflow/bounded-predictor.ts';
import { createPredictor, withPredictor } from '../../infra/trainer.ts';
import { traceIdNow } from '../tracing.ts';
import { healthRoutes } from './health.ts';
import { trialServers } from './trial-server.ts';
import { problemOf } from './worker-problem.ts';
import type { StartRole } from './role.ts';

/** Champions and challengers of the models whose runs are on their way, and those that memory tries. */
const VERSIONS_KEPT = 32;

/** Workflows, and the activities that read, write, score and decide. */
export const start: StartRole = async ({ environment, log, libraryLog, tracing, waitFor, beside }) => {
  const { namespace } = environment;
  installRuntime(libraryLog);
  const [stores, { connection, client, close }] = await Promise.all([
    waitFor('PostgreSQL', () => openStores(environment)),
    waitFor('Temporal', async () => {
      await reachTemporal(environment.temporal);
      const worker = await connectWorker(environment.temporal);
      return { connection: worker, ...(await connectClient(environment.temporal)) };
    }),
  ]);
  beside(waitFor('Prometheus', () => reachPrometheus(environment.prometheusUrl)));
  const predictor = boundedPredictor(createPredictor(), { keep: VERSIONS_KEPT });
  const artifacts = openArtifacts(environment);
  const consoleUrl = process.env['DRIFTLOOP_CONSOLE_URL'];
  const beatMs = Number(process.env['DRIFTLOOP_BEAT_MS'] ?? productionPace.beatMs);
  const pace = {
    beatMs,
    stretchMs: beatMs < productionPace.beatMs ? livelyPace.stretchMs : productionPace.stretchMs,
  };
  const readVariable = (variable: string) => process.env[variable];
  const webhook = createWebhook(readVariable);
  const activities = createControlActivities(
    {
      ...stores,
      predictor,
      artifacts,
      checkpoints: createFolderCheckpoints(environment.artifacts),
      metrics: createMetricsReader({ url: environment.prometheusUrl, namespace }),
      webhook,
      images: imageTexts,
      withPredictor,
      startServer: trialServers({ artifacts, createPredictor }),
      judge: judgeInThread,
      report: reportInThread,
      findTwins: findTwinsInThread,
      isRunAlive: createRunProbe(client, namespace),
      alignSchedule: createScheduleAligner(client, namespace),
      alignDrills: createDrillAligner(client, namespace),
    },
    {
      namespace,
      pace,
      ...(consoleUrl === undefined ? {} : { consoleUrl }),
      ...(tracing === null ? {} : { traceId: () => traceIdNow(tracing) }),
    },
  );
  const worker = await createControlWorker({
    connection,
    temporalNamespace: environment.temporal.namespace,
    namespace,
    activities,
    tracing,
  });
  const problem = problemOf(worker, log);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gaugeDeliveries(stores.deliveries, { namespace, registry });
  const stopping = new AbortController();
  const delivering = runDeliveries({
    deliveries: stores.deliveries,
    webhook,
    namespace,
    ...(consoleUrl === undefined ? {} : { consoleUrl }),
    readVariable,
    signal: stopping.signal,
    onDead: (dead) => log.error(dead, 'an event was given up'),
    onProblem: (err) => log.error({ err }, 'webhooks wait for the next beat'),
  });
  return {
    app: healthRoutes(problem, registry),
    async stop() {
      stopping.abort();
      await Promise.all([worker.stop(), delivering]);
      await connection.close();
      await close();
      await predictor.close();
      await stores.close();
    },
  };
};
