import { Hono } from 'hono';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { DriftloopError, describeError } from '../../domain/errors.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { runIngest } from '../../infra/kafka/run-ingest.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';
import { createMetricsExporter } from '../../infra/prometheus/exporter.ts';
import { storeSamples } from '../../infra/prometheus/read-snapshot.ts';
import { createChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import { runFolds } from '../../monitors/fold/run-folds.ts';
import type { StartRole } from './role.ts';

/** Ingest from Kafka, the champion's regret, and the metrics that Prometheus decides by. */
export const start: StartRole = async ({ environment, log }) => {
  const stores = await openStores(environment);
  const predictor = createChildPredictor();
  const artifacts = createFolderStore(environment.artifacts);
  const stopping = new AbortController();
  let problem: string | null = null;
  const ingest = runIngest({
    kafka: environment.kafka,
    namespace: environment.namespace,
    stores,
    signal: stopping.signal,
    log: (line) => log[line.level](line),
  }).catch((error: unknown) => {
    // Nothing can be consumed until a person has looked; the metrics go on saying so.
    problem = error instanceof DriftloopError ? describeError(error) : String(error);
    log.fatal({ err: error }, 'ingest has ended');
  });
  const folds = runFolds({
    folds: stores.folds,
    models: async () => (await stores.models.list()).map(({ config }) => config.name),
    signal: stopping.signal,
    scoreWithChampion: async ({ digest }, inputs) => {
      await predictor.load(digest, await artifacts.open(digest));
      return predictor.predict(digest, inputs);
    },
    onProblem: ({ model, error }) => log.error({ model, err: error }, 'a fold waits for the next beat'),
  });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const exporter = createMetricsExporter({ source: storeSamples(stores, environment), process: registry });

  const app = new Hono();
  app.get('/healthz', (c) => c.json({ status: 'alive' }));
  app.get('/readyz', (c) =>
    problem === null ? c.json({ status: 'ready' }) : c.json({ status: 'not ready', missing: problem }, 503),
  );
  app.get('/metrics', async (c) =>
    c.text(await exporter.scrape(), 200, { 'content-type': exporter.contentType }),
  );
  return {
    app,
    async stop() {
      stopping.abort();
      await Promise.all([ingest, folds]);
      await predictor.close();
      await stores.close();
    },
  };
};
