import process from 'node:process';
import { createConsoleApp } from '../../console/app.tsx';
import { openStores } from '../../infra/postgres/open-stores.ts';
import { createMetricsReader } from '../../infra/prometheus/metrics-reader.ts';
import { connectLoop } from '../../infra/temporal/loop.ts';
import type { StartRole } from './role.ts';

/** The web console, its API, and the door of Alertmanager. */
export const start: StartRole = async ({ environment, log }) => {
  const { namespace, token } = environment;
  const stores = await openStores(environment);
  const { loop, close } = await connectLoop(environment);
  const temporalUi = process.env['DRIFTLOOP_TEMPORAL_UI_URL'];
  const app = createConsoleApp({
    ...stores,
    metrics: createMetricsReader({
      url: environment.prometheusUrl,
      namespace,
      severities: ['suspected', 'detected'],
    }),
    loop,
    namespace,
    token,
    log,
    links: { prometheus: environment.prometheusUrl, ...(temporalUi ? { temporal: temporalUi } : {}) },
  });
  return {
    app,
    async stop() {
      await close();
      await stores.close();
    },
  };
};
