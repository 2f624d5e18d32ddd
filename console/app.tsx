import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { Counter, Registry } from 'prom-client';
import type { AuditLog } from '../domain/audit.ts';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import type { TotalsStore } from '../domain/ingest-ports.ts';
import type {
  AlertStore,
  ArtifactStore,
  ExampleStore,
  Loop,
  MetricsReader,
  ModelStore,
  RouteStore,
  RunStore,
  SnapshotStore,
  VersionStore,
} from '../domain/ports.ts';
import type { SessionStore } from '../domain/sessions.ts';
import type { TokenStore } from '../domain/tokens.ts';
import type { TeachStore } from '../domain/teach.ts';
import type { TeamLogin } from '../domain/team-login.ts';
import { roleMetrics } from '../domain/role-metrics.ts';
import { createAlertWebhook } from './alert-webhook.ts';
import { answerProblem, notFound } from './answer-problem.tsx';
import type { ConsoleLog } from './answer-problem.tsx';
import { createActions, createApi } from './api.ts';
import { createArtifactRoutes } from './artifact-routes.ts';
import { createAuditPage } from './audit-page-routes.tsx';
import { createAuditRoutes } from './audit-routes.ts';
import { assets } from './assets.ts';
import type { Examination } from './examination.ts';
import { createGather } from './gather.ts';
import type { TrainingPrice } from './gather.ts';
import { createLiveRoutes } from './live-routes.ts';
import { createLogin, createLogout } from './login-routes.tsx';
import { createPages } from './page-routes.tsx';
import type { Links } from './pages/layout.tsx';
import { createRunRoutes } from './run-routes.tsx';
import { createPolicyRoutes } from './policy-routes.tsx';
import { createRolloutRoutes } from './rollout-routes.tsx';
import { createSessions } from './session.ts';
import type { ConsoleEnv } from './session.ts';
import { shareFleet } from './shared-fleet.ts';
import { createSettings } from './settings-routes.tsx';
import { createTeachRoutes } from './teach-routes.tsx';
import { createTeamLogin } from './team-login-routes.tsx';
import { createVersionsRoutes } from './versions-routes.tsx';
import type { WayBack } from './versions/way-back.ts';
import { admitViewers } from './who-may-look.ts';

export type ConsoleParts = {
  models: ModelStore;
  versions: VersionStore;
  routes: RouteStore;
  runs: RunStore;
  examples: ExampleStore;
  alerts: AlertStore;
  totals: Pick<TotalsStore, 'happenedSteps' | 'standings'>;
  artifacts: Pick<ArtifactStore, 'open' | 'files'>;
  /** One that counts `suspected` alerts as firing too. */
  metrics: MetricsReader;
  loop: Loop;
  /** Where this process can load versions. */
  wayBack?: WayBack;
  snapshots: Pick<SnapshotStore, 'get'>;
  doorkeeper: Doorkeeper;
  sessions: SessionStore;
  teach: TeachStore;
  audit: Pick<AuditLog, 'append' | 'list' | 'all'>;
  tokens: Pick<TokenStore, 'create' | 'list' | 'get' | 'revoke'>;
  /** The team's own login, where it has one. */
  teamLogin?: TeamLogin;
  /** Looks at the installation, as `driftloop doctor` does. */
  examine: () => Promise<Examination>;
  /** What cookies are signed with. */
  token: string;
  namespace: string;
  /** Where the reader can look deeper. */
  links?: Links;
  /** How often an open page looks for something new; two seconds. */
  refreshMs?: number;
  /** What an hour of training costs; left out, the fleet shows minutes only. */
  trainingPrice?: TrainingPrice;
  /** The chart window of models that watch nothing, as the rules were generated with. */
  windowMs?: number;
  /** Streams end with it, so that a console that stops does not wait for its readers. */
  ending?: AbortSignal;
  log: ConsoleLog;
  /** A span around each request; left out where traces are off. */
  traceRequests?: MiddlewareHandler;
  /** Where it counts; what the process counts may stand there too. */
  registry?: Registry;
  clock?: () => number;
};

const maxBodyBytes = 100_000;

/** The web console, its JSON API and Alertmanager's webhook. Hand it a `Request`; it opens no port. */
export function createConsoleApp(parts: ConsoleParts): Hono<ConsoleEnv> {
  const {
    models,
    runs,
    loop,
    doorkeeper,
    teamLogin,
    token,
    namespace,
    log,
    links = {},
    refreshMs = 2_000,
    clock = Date.now,
    ending,
  } = parts;
  const sessions = createSessions({ ...parts, clock });
  const gather = createGather({ ...parts, clock });
  const fleet = shareFleet(gather, clock);
  const actions = createActions({ loop, runs, models, doorkeeper });

  const app = new Hono<ConsoleEnv>();
  const answering = { log, teamLogin: teamLogin !== undefined };
  if (parts.traceRequests !== undefined) app.use(parts.traceRequests);
  app.onError((error, c) => answerProblem(c, error, answering));
  app.notFound((c) => answerProblem(c, notFound(c.req.path), answering));
  openDoors(app, parts);
  app.route('/', createAlertWebhook({ alerts: parts.alerts, loop, namespace, doorkeeper, log }));

  app.use(
    '*',
    secureHeaders({ contentSecurityPolicy, referrerPolicy: 'no-referrer', xFrameOptions: 'DENY' }),
  );
  app.use('*', bodyLimit({ maxSize: maxBodyBytes }));
  app.get('/assets/:name', (c) => {
    const asset = assets.get(c.req.param('name'));
    if (asset === undefined) throw notFound(c.req.path);
    return c.body(asset.body, 200, {
      'content-type': asset.type,
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });
  app.route('/', createLogin(sessions, answering));
  if (teamLogin !== undefined)
    app.route('/', createTeamLogin({ sessions, teamLogin, doorkeeper, token, namespace, clock }));

  app.use('*', sessions.require);
  app.route('/', createLogout(sessions));
  app.route('/', admitViewers({ doorkeeper, runs }));
  app.route('/api', createAuditRoutes(parts));
  app.route('/api', createArtifactRoutes(parts));
  app.route('/api', createApi(gather, actions, runs, clock));
  app.route('/', createLiveRoutes({ fleet, refreshMs, ...(ending === undefined ? {} : { ending }) }));
  const framed = { ...parts, gather, fleet, actions, links, refreshMs, clock };
  app.route('/', createRunRoutes(framed));
  app.route('/', createRolloutRoutes(framed));
  app.route('/', createPolicyRoutes(framed));
  app.route('/', createVersionsRoutes(framed));
  app.route('/', createTeachRoutes(framed));
  app.route('/', createAuditPage(framed));
  app.route('/', createSettings(framed));
  app.route('/', createPages(framed));
  return app;
}

/** Health, readiness and metrics ask for no token. */
function openDoors(
  app: Hono<ConsoleEnv>,
  { models, namespace, registry = new Registry() }: ConsoleParts,
): void {
  registry.setDefaultLabels({ namespace });
  const { name, help, labels } = roleMetrics.consoleRequests;
  const requests = new Counter({ name, help, labelNames: labels, registers: [registry] });
  app.use('*', async (c, next) => {
    await next();
    requests.inc({ code: String(c.res.status) });
  });
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    try {
      await models.list();
      return c.json({ ready: true });
    } catch (error) {
      return c.json(
        { ready: false, problems: [error instanceof Error ? error.message : String(error)] },
        503,
      );
    }
  });
  app.get('/metrics', async (c) =>
    c.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  );
}

const contentSecurityPolicy = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  scriptSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};
