import process from 'node:process';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Tracing } from '../../domain/tracing.ts';
import { createConsoleApp } from '../../console/app.tsx';
import { callbackPath } from '../../console/team-login-routes.tsx';
import { openArtifacts } from '../artifact-store.ts';
import { readOidcSettings } from '../../infra/oidc/settings.ts';
import { connectTeamLogin } from '../../infra/oidc/team-login.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';
import { createMetricsReader } from '../../infra/prometheus/metrics-reader.ts';
import { reachPrometheus } from '../../infra/prometheus/reach.ts';
import { reachTemporal } from '../../infra/temporal/connect.ts';
import { connectLoop } from '../../infra/temporal/loop.ts';
import { drillBack } from '../operate/rollback.ts';
import { diagnose } from '../operate/doctor.ts';
import { withTuning } from '../operate/installation.ts';
import type { FineTuning } from '../operate/installation.ts';
import { versionsOf } from '../operate/version.ts';
import { openDoorkeeper } from '../people.ts';
import { readTrainingPrice } from '../training-price.ts';
import { withinBudget } from '../within-budget.ts';
import type { StartRole } from './role.ts';
import { sayLocalUser } from './say-local-user.ts';

const requestsOf = async (tracing: Tracing) =>
  (await import('../../infra/tracing/trace-requests.ts')).traceRequests(tracing);

type Tuned<T> = (tuning: FineTuning) => Promise<T>;

/** The web console, its API, and the door of Alertmanager. */
export const start: StartRole = async ({ environment, log, tracing, waitFor, beside, ending }) => {
  const { namespace, token } = environment;
  const [stores, { loop, close }] = await Promise.all([
    waitFor('PostgreSQL', () => openStores(environment)),
    waitFor('Temporal', async () => {
      await reachTemporal(environment.temporal);
      return await connectLoop(environment, { tracing });
    }),
  ]);
  beside(waitFor('Prometheus', () => reachPrometheus(environment.prometheusUrl)));
  const doorkeeper = openDoorkeeper(environment, stores);
  sayLocalUser(log, environment);
  const oidc = readOidcSettings(process.env, callbackPath);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const temporalUi = process.env['DRIFTLOOP_TEMPORAL_UI_URL'];
  const app = createConsoleApp({
    ...stores,
    artifacts: openArtifacts(environment),
    metrics: createMetricsReader({
      url: environment.prometheusUrl,
      namespace,
      levels: ['suspected', 'detected'],
    }),
    loop: withinBudget(loop, stores),
    wayBack: {
      async drill(person, model, version) {
        await drillBack({ stores, environment, person }, { model, version, because: 'tried on the page' });
      },
      async go(person, model, version, reason) {
        const admit = async () => person;
        const given = {
          stores,
          environment,
          admit,
          tuning: <T>(use: Tuned<T>) => withTuning(environment, use),
        };
        await versionsOf(given).rollback(model, { to: version, reason });
      },
    },
    namespace,
    examine: diagnose,
    doorkeeper,
    ...(oidc === null ? {} : { teamLogin: connectTeamLogin(oidc) }),
    token,
    ending,
    ...readTrainingPrice(process.env),
    log,
    registry,
    ...(tracing === null ? {} : { traceRequests: await requestsOf(tracing) }),
    links: {
      prometheus: environment.prometheusUrl,
      ...(temporalUi ? { temporal: temporalUi, temporalNamespace: environment.temporal.namespace } : {}),
    },
  });
  return {
    app,
    async stop() {
      await close();
      await stores.close();
    },
  };
};
