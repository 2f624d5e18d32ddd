import { Hono } from 'hono';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { etag } from 'hono/etag';
import { html } from 'hono/html';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Child } from 'hono/jsx';
import { Counter, Registry } from 'prom-client';
import { DriftloopError } from '../domain/errors.ts';
import type {
  AlertStore,
  ExampleStore,
  Loop,
  MetricsReader,
  ModelStore,
  RouteStore,
  RunStore,
  VersionStore,
} from '../domain/ports.ts';
import { createAlertWebhook } from './alert-webhook.ts';
import { createActions, createApi, readSaid } from './api.ts';
import { assets } from './assets.ts';
import { remember } from './remember.ts';
import { sharedBounds } from './charts/small-charts.tsx';
import { createGather } from './gather.ts';
import type { ModelView } from './model-view.ts';
import { AgainPage, LoginPage, ProblemPage } from './pages/door-pages.tsx';
import { FleetPage } from './pages/fleet-page.tsx';
import { Page } from './pages/layout.tsx';
import type { Frame, Links } from './pages/layout.tsx';
import { ModelPage } from './pages/model-page.tsx';
import { beginOf, chooseRange } from './pages/ranges.ts';
import { waiting } from './sentences.ts';
import { createSessions } from './session.ts';
import type { ConsoleEnv } from './session.ts';
import { isZone } from './times.ts';
import type { Clock } from './times.ts';

export type ConsoleParts = {
  models: ModelStore;
  versions: VersionStore;
  routes: RouteStore;
  runs: RunStore;
  examples: ExampleStore;
  alerts: AlertStore;
  /** One that counts `suspected` alerts as firing too. */
  metrics: MetricsReader;
  loop: Loop;
  token: string;
  namespace: string;
  /** Where the reader can look deeper. */
  links?: Links;
  /** The chart window of models that watch nothing, as the rules were generated with. */
  windowMs?: number;
  log: { error(details: object, message: string): void };
  clock?: () => number;
};
type C = Context<ConsoleEnv>;

/** The web console, its JSON API and Alertmanager's webhook. Hand it a `Request`; it opens no port. */
export function createConsoleApp(parts: ConsoleParts): Hono<ConsoleEnv> {
  const { models, runs, loop, token, namespace, log, links = {}, clock = Date.now } = parts;
  const sessions = createSessions(token, clock);
  const gather = createGather({ ...parts, clock });
  // Many readers of one page are one look at the services.
  const share = remember(1_000, clock);
  const actions = createActions({ loop, runs, models });
  const registry = new Registry();
  registry.setDefaultLabels({ namespace });
  const requests = new Counter({
    name: 'driftloop_console_requests_total',
    help: 'Requests to the console, by HTTP status.',
    labelNames: ['code'] as const,
    registers: [registry],
  });

  const app = new Hono<ConsoleEnv>();
  app.onError((error, c) => answerProblem(c, error, log));
  app.notFound((c) => answerProblem(c, notFound(c.req.path), log));
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
  app.route('/', createAlertWebhook({ alerts: parts.alerts, loop, namespace, token, log }));

  app.use(
    '*',
    secureHeaders({ contentSecurityPolicy, referrerPolicy: 'no-referrer', xFrameOptions: 'DENY' }),
  );
  app.use('*', bodyLimit({ maxSize: 100_000 }));
  app.get('/assets/:name', (c) => {
    const asset = assets.get(c.req.param('name'));
    if (asset === undefined) throw notFound(c.req.path);
    return c.body(asset.body, 200, {
      'content-type': asset.type,
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });
  app.post('/login', async (c) => {
    const form = await c.req.parseBody();
    const to = localPath(form['to']);
    if (typeof form['token'] !== 'string' || !sessions.isToken(form['token']))
      return c.html(wholeDocument(<LoginPage to={to} wrong />), 401);
    sessions.begin(c);
    return c.redirect(to, 303);
  });
  app.use('*', async (c, next) => {
    const given = c.req.query('token');
    if (c.req.method !== 'GET' || given === undefined) return next();
    const url = new URL(c.req.url);
    url.searchParams.delete('token');
    const to = url.pathname + url.search;
    if (!sessions.isToken(given)) return c.html(wholeDocument(<LoginPage to={to} wrong />), 401);
    sessions.begin(c);
    return c.redirect(to, 303);
  });
  app.use('*', sessions.require);
  app.route('/api', createApi(gather, actions, runs, clock));

  app.use('*', etag());
  app.get('/', async (c) => {
    const views = await share('fleet', gather.fleet);
    const now = clock();
    const range = [now - 14 * 86_400_000, now] as const;
    const sparks = await share('sparks', () => gather.sparks(views, { from: range[0], to: range[1] }));
    const values = [...sparks.values()].flatMap((points) => points.map(([, value]) => value));
    return c.html(
      wholeDocument(
        <Page title="Fleet" frame={frameOf(views, null, links)}>
          <FleetPage
            models={views}
            sparks={sparks}
            range={spanOf(sparks, range)}
            bounds={sharedBounds(values)}
            clock={clockOf(c, now)}
          />
        </Page>,
      ),
    );
  });
  app.get('/models/:name', (c) => showModel(c, c.req.param('name'), null));
  for (const verb of ['pause', 'resume'] as const)
    app.post(`/models/:name/${verb}`, (c) =>
      act(c, c.req.param('name'), '', (said) => actions[verb](c.req.param('name'), said)),
    );
  app.post('/models/:name/runs', (c) =>
    act(c, c.req.param('name'), '#runs', (said) => actions.startRun(c.req.param('name'), said)),
  );
  app.post('/runs/:id/decide', async (c) => {
    const run = await runs.get(c.req.param('id'));
    const { kind } = await c.req.parseBody();
    if (kind !== 'approve' && kind !== 'reject') throw notFound(c.req.path);
    return act(c, run.model, `#run-${run.id}`, (said) => actions.decide(run.id, kind, said));
  });
  return app;

  async function showModel(c: C, name: string, problem: DriftloopError | null) {
    const view = await share(`model ${name}`, () => gather.model(name));
    const others = await share('fleet', gather.fleet);
    const now = clock();
    const born = view.versions.at(-1)?.createdAt;
    const range = chooseRange(c.req.query('range'), born, now);
    const from = beginOf(range, born, now);
    const history = await share(`history ${name} ${range.key}`, () =>
      gather.history(view, { from, to: now }),
    );
    const { config } = await models.get(name);
    const psiBound = config.watch.find((watch) => watch.kind === 'drift')?.psiAtLeast ?? 0.25;
    return c.html(
      wholeDocument(
        <Page title={name} frame={frameOf(others, view, links)}>
          <ModelPage
            view={view}
            history={history}
            range={range}
            clock={clockOf(c, now)}
            csrf={c.get('session')?.csrf ?? ''}
            by={getCookie(c, 'driftloop_name') ?? ''}
            psiBound={psiBound}
            problem={problem}
          />
        </Page>,
      ),
      problem === null ? 200 : (problem.status as ContentfulStatusCode),
    );
  }

  /** Does it and goes back to the page; what goes wrong is said on the page. */
  async function act(
    c: C,
    model: string,
    hash: string,
    work: (said: { by: string; reason: string }) => Promise<unknown>,
  ) {
    try {
      const { by, reason } = await c.req.parseBody();
      if (typeof by === 'string' && by.trim() !== '')
        setCookie(c, 'driftloop_name', by.trim(), {
          httpOnly: true,
          sameSite: 'Strict',
          path: '/',
          maxAge: 31_536_000,
        });
      await work(
        readSaid({
          ...(by === '' || by === undefined ? {} : { by }),
          ...(reason === undefined ? {} : { reason }),
        }),
      );
      share.forget();
      return c.redirect(`/models/${encodeURIComponent(model)}${hash}`, 303);
    } catch (error) {
      if (!(error instanceof DriftloopError)) throw error;
      return showModel(c, model, error);
    }
  }
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

const wholeDocument = (page: Child) => html`<!doctype html>${page}`;

function frameOf(views: readonly ModelView[], current: ModelView | null, links: Links): Frame {
  return {
    models: views.map((given) => {
      const view = given.name === current?.name ? current : given;
      return { name: view.name, word: view.health.word, waiting: waiting(view).length };
    }),
    current: current?.name ?? null,
    links,
  };
}

/** The reader's clock: the browser tells its zone in a cookie. */
function clockOf(c: C, now: number): Clock {
  const zone = getCookie(c, 'driftloop_zone') ?? 'UTC';
  return { now, zone: isZone(zone) ? zone : 'UTC' };
}

/** From the first point that any model has, so that young fleets fill their lines. */
function spanOf(
  sparks: ReadonlyMap<string, readonly [number, number][]>,
  [from, to]: readonly [number, number],
) {
  const begins = [...sparks.values()].flatMap((points) => (points[0] === undefined ? [] : [points[0][0]]));
  return [Math.min(to - 60_000, Math.max(from, Math.min(...begins, to))), to] as const;
}

/** Only paths of this console: a form field must not send the reader elsewhere. */
function localPath(given: unknown): string {
  if (typeof given !== 'string' || !/^\/(?![/\\])/.test(given)) return '/';
  try {
    const url = new URL(given, 'http://here');
    return url.host === 'here' ? url.pathname + url.search : '/';
  } catch {
    return '/';
  }
}

const notFound = (path: string) =>
  new DriftloopError('DL_NOT_FOUND', `There is nothing at ${path}.`, {
    fix: 'Begin at the fleet.',
    status: 404,
  });

/** Programs get JSON, people a page; a person without a session gets the way in. */
function answerProblem(c: Context, error: Error, log: ConsoleParts['log']) {
  const known =
    error instanceof DriftloopError
      ? error
      : new DriftloopError('DL_INTERNAL', 'The console could not answer.', {
          fix: 'The log of the console has the details.',
          status: 500,
          cause: error,
        });
  if (known.status >= 500) log.error({ err: error, path: c.req.path }, known.message);
  const status = known.status as ContentfulStatusCode;
  const { code, message, fix } = known;
  const wantsPage = (c.req.header('accept') ?? '').includes('text/html') && !c.req.path.startsWith('/api/');
  if (!wantsPage) {
    if (status === 401) c.header('www-authenticate', 'Bearer realm="driftloop"');
    return c.json({ error: { code, message, fix } }, status);
  }
  if (code !== 'DL_UNAUTHORISED')
    return c.html(wholeDocument(<ProblemPage code={code} message={message} fix={fix} />), status);
  const url = new URL(c.req.url);
  const to = c.req.method === 'GET' ? url.pathname + url.search : '/';
  if (c.req.method === 'GET' && c.req.header('sec-fetch-site') === 'cross-site')
    return c.html(wholeDocument(<AgainPage to={to} />));
  return c.html(wholeDocument(<LoginPage to={to} wrong={false} />), 401);
}
