import { collectDefaultMetrics, Registry } from 'prom-client';
import { DriftloopError, describeError } from '../../domain/errors.ts';
import { openArtifacts } from '../artifact-store.ts';
import { reachKafka } from '../../infra/kafka/reach.ts';
import { runIngest } from '../../infra/kafka/run-ingest.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';
import { createMetricsExporter } from '../../infra/prometheus/exporter.ts';
import { storeSamples } from '../../infra/prometheus/read-snapshot.ts';
import { boundedPredictor } from '../../infra/tensorflow/bounded-predictor.ts';
import { createPredictor } from '../../infra/trainer.ts';
import { runCalibrations } from '../../monitors/fold/run-calibrations.ts';
import { runFolds } from '../../monitors/fold/run-folds.ts';
import { runTeaching } from '../../monitors/teach/run-teaching.ts';
import { healthRoutes } from './health.ts';
import { kafkaLog } from './kafka-log.ts';
import type { StartRole } from './role.ts';

/** A champion is asked about rows that others have answered: more models than this take turns. */
const CHAMPIONS_KEPT = 256;

/** Ingest from Kafka, the champion's regret, and the metrics that Prometheus decides by. */
export const start: StartRole = async ({ environment, log, libraryLog, tracing, waitFor, beside }) => {
  const stores = await waitFor('PostgreSQL', () => openStores(environment));
  const predictor = boundedPredictor(createPredictor(), { keep: CHAMPIONS_KEPT });
  const artifacts = openArtifacts(environment);
  const stopping = new AbortController();
  let problem: string | null = null;
  const consume = () =>
    runIngest({
      kafka: environment.kafka,
      namespace: environment.namespace,
      stores,
      signal: stopping.signal,
      log: kafkaLog(log, libraryLog),
      tracing,
    }).catch((error: unknown) => {
      // Nothing can be consumed until a person has looked; the metrics go on saying so.
      problem = error instanceof DriftloopError ? describeError(error) : String(error);
      log.fatal({ err: error }, 'ingest has ended');
    });
  // While Kafka is away, what was counted before is exported all the same.
  const ingest = waitFor('Kafka', () => reachKafka(environment.kafka)).then(consume);
  beside(ingest);
  const folds = runFolds({
    folds: stores.folds,
    signal: stopping.signal,
    scoreWithChampion: async ({ digest }, inputs) => {
      await predictor.load(digest, await artifacts.open(digest));
      return predictor.predict(digest, inputs);
    },
    onProblem: ({ model, error }) => log.error({ model, err: error }, 'a fold waits for the next beat'),
  });
  const calibrations = runCalibrations({
    estimators: stores.estimators,
    signal: stopping.signal,
    onProblem: ({ model, error }) =>
      log.error({ model, err: error }, 'a calibration waits for the next beat'),
  });
  const teaching = runTeaching({
    stores,
    signal: stopping.signal,
    onProblem: ({ model, error }) =>
      log.error({ model, err: error }, 'a queue of labels waits for the next beat'),
  });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const exporter = createMetricsExporter({ source: storeSamples(stores, environment), process: registry });

  return {
    app: healthRoutes(() => problem, { metrics: () => exporter.scrape(), contentType: exporter.contentType }),
    async stop() {
      stopping.abort();
      await Promise.all([ingest.catch(() => {}), folds, calibrations, teaching]);
      await predictor.close();
      await stores.close();
    },
  };
};
