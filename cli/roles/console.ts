import process from 'node:process';
import { Hono } from 'hono';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createAlertWebhook } from '../../console/alert-webhook.ts';
import { createConsoleApp } from '../../console/app.tsx';
import { openStores } from '../../infra/postgres/open-stores.ts';
import { createMetricsReader } from '../../infra/prometheus/metrics-reader.ts';
import { connectLoop } from '../../infra/temporal/loop.ts';
import { healthRoutes } from './health.ts';
import type { StartRole } from './role.ts';

/** The web console, its API, and the door of Alertmanager. */
export const start: StartRole = async ({ environment, log }) => {
  const { namespace, token } = environment;
  const stores = await openStores(environment);
  const { loop, close } = await connectLoop(environment);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const temporalUi = process.env['DRIFTLOOP_TEMPORAL_UI_URL'];
  const app = new Hono();
  app.route(
    '/',
    healthRoutes(() => null, registry),
  );
  app.route('/', createAlertWebhook({ alerts: stores.alerts, loop, namespace, token, log }));
  app.route(
    '/',
    createConsoleApp({
      ...stores,
      metrics: createMetricsReader({ url: environment.prometheusUrl, namespace }),
      loop,
      namespace,
      token,
      links: { prometheus: environment.prometheusUrl, ...(temporalUi ? { temporalUi } : {}) },
    }),
  );
  return {
    app,
    async stop() {
      await close();
      await stores.close();
    },
  };
};
