import { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { DriftloopError } from '../domain/errors.ts';
import type { ModelStore, RunStore } from '../domain/ports.ts';
import { isWaiting } from '../domain/run.ts';
import { readBoundTo, readSaid } from './api.ts';
import type { Actions, Said } from './api.ts';
import { notFound, wholeDocument } from './answer-problem.tsx';
import { sharedBounds } from './charts/small-charts.tsx';
import type { Gather } from './gather.ts';
import { ApprovalsPage } from './pages/approvals-page.tsx';
import { ApprovePage } from './pages/approve-page.tsx';
import { FleetPage } from './pages/fleet-page.tsx';
import { Page } from './pages/layout.tsx';
import type { Links } from './pages/layout.tsx';
import { ModelPage } from './pages/model-page.tsx';
import { beginOf, chooseRange } from './pages/ranges.ts';
import { clockOf, frameOf, readerOf, seenBy } from './page-frame.ts';
import type { PageContext } from './page-frame.ts';
import { remember } from './remember.ts';
import type { SharedFleet } from './shared-fleet.ts';
import { railMs } from './shared-fleet.ts';
import type { ConsoleEnv } from './session.ts';

export type PageParts = {
  gather: Gather;
  fleet: SharedFleet;
  actions: Actions;
  models: Pick<ModelStore, 'get'>;
  runs: Pick<RunStore, 'get'>;
  links: Links;
  refreshMs: number;
  clock: () => number;
};
type C = PageContext;
/** What a form does, where the reader goes then, and what is shown where it was refused. */
type Act = {
  work: (said: Said) => Promise<unknown>;
  to: string;
  or: (problem: DriftloopError) => Promise<Response>;
};

const fortnight = 14 * 86_400_000;
const freshMs = 1_000;

/** The pages, and what their forms do. */
export function createPages(parts: PageParts): Hono<ConsoleEnv> {
  const { gather, fleet, actions, models, runs, clock } = parts;
  // Many readers of one page are one look at the services; the rail may be a little older than the page.
  const share = remember(freshMs, clock);
  const app = new Hono<ConsoleEnv>();
  app.use('*', etag());

  app.get('/', async (c) => {
    const all = await fleet.within(freshMs);
    const now = clock();
    const drawn = await share('sparks', () => gather.sparks(all, { from: now - fortnight, to: now }));
    const views = seenBy(c, all);
    const sparks = new Map([...drawn].filter(([name]) => views.some((view) => view.name === name)));
    const points = [...sparks.values()].flatMap(({ realized, estimated }) => [...realized, ...estimated]);
    return c.html(
      wholeDocument(
        <Page title="Fleet" frame={frameOf(c, views, null, parts, 'fleet')}>
          <FleetPage
            models={views}
            sparks={sparks}
            range={[Math.min(now - 60_000, ...points.map(([at]) => at)), now]}
            bounds={sharedBounds(points.map(([, value]) => value))}
            clock={clockOf(c, now)}
          />
        </Page>,
      ),
    );
  });

  app.get('/approve', async (c) => {
    const views = seenBy(c, await fleet.within(freshMs));
    const frame = frameOf(c, views, null, parts, 'approve');
    return c.html(
      wholeDocument(
        <Page title="Approve" frame={frame}>
          <ApprovalsPage models={views} clock={clockOf(c, clock())} />
        </Page>,
      ),
    );
  });
  app.get('/runs/:id/approve', (c) => showDecision(c, c.req.param('id'), null));

  app.get('/models/:name', (c) => showModel(c, c.req.param('name'), null));

  for (const verb of ['pause', 'resume'] as const)
    app.post(`/models/:name/${verb}`, (c) => {
      const name = c.req.param('name');
      return act(
        c,
        onModel(c, name, '', () => actions[verb](c.get('person'), name)),
      );
    });
  app.post('/models/:name/runs', (c) => {
    const name = c.req.param('name');
    return act(
      c,
      onModel(c, name, '#runs', (said) => actions.startRun(c.get('person'), name, said)),
    );
  });
  app.post('/runs/:id/force', async (c) => {
    const id = c.req.param('id');
    const { model } = await runs.get(id);
    return act(
      c,
      onModel(c, model, `#run-${id}`, (said) => actions.force(c.get('person'), id, said)),
    );
  });
  app.post('/runs/:id/decide', async (c) => {
    const id = c.req.param('id');
    const { kind, boundTo } = await c.req.parseBody();
    if (kind !== 'approve' && kind !== 'reject') throw notFound(c.req.path);
    const read = readBoundTo({ boundTo: parseJson(boundTo) });
    return act(c, {
      work: (said) => actions.decide(c.get('person'), id, kind, said, read),
      to: `/runs/${encodeURIComponent(id)}/approve`,
      or: (problem) => showDecision(c, id, problem),
    });
  });
  return app;

  async function showModel(c: C, name: string, problem: DriftloopError | null) {
    const view = await share(`model ${name}`, () => fleet.model(name, freshMs));
    const others = seenBy(c, await fleet.within(railMs));
    const { config } = await models.get(name);
    const now = clock();
    const born = view.versions.at(-1)?.createdAt;
    const range = chooseRange(c.req.query('range'), born, now);
    const from = beginOf(range, born, now);
    const [history, happened, delay] = await share(`history ${name} ${range.key}`, () =>
      Promise.all([
        gather.history(view, { from, to: now }),
        gather.happened(name, { from, to: now }),
        gather.labelDelay(name),
      ]),
    );
    return c.html(
      wholeDocument(
        <Page title={name} frame={frameOf(c, others, view, parts)}>
          <ModelPage
            view={view}
            history={history}
            happened={happened}
            delay={delay}
            range={range}
            clock={clockOf(c, now)}
            reader={readerOf(c)}
            config={config}
            problem={problem}
          />
        </Page>,
      ),
      problem === null ? 200 : (problem.status as ContentfulStatusCode),
    );
  }

  async function showDecision(c: C, id: string, problem: DriftloopError | null) {
    const [dossier, run] = await Promise.all([gather.dossier(id), runs.get(id)]);
    const others = seenBy(c, await fleet.within(railMs));
    const title = ['Approve', dossier.model, dossier.challenger ?? ''].join(' ').trim();
    return c.html(
      wholeDocument(
        <Page title={title} frame={frameOf(c, others, null, parts, 'approve')}>
          <ApprovePage
            dossier={dossier}
            clock={clockOf(c, clock())}
            reader={readerOf(c)}
            isOpen={isWaiting(run)}
            problem={problem}
          />
        </Page>,
      ),
      problem === null ? 200 : (problem.status as ContentfulStatusCode),
    );
  }

  /** Something that is done on the page of a model. */
  function onModel(c: C, model: string, hash: string, work: (said: Said) => Promise<unknown>): Act {
    return {
      work,
      to: `/models/${encodeURIComponent(model)}${hash}`,
      or: (problem) => showModel(c, model, problem),
    };
  }

  /** Does it and goes back to the page; what goes wrong is said on the page. */
  async function act(c: C, { work, to, or }: Act) {
    try {
      const { reason } = await c.req.parseBody();
      await work(readSaid(reason === undefined ? {} : { reason }));
      share.forget();
      fleet.forget();
      return c.redirect(to, 303);
    } catch (error) {
      if (!(error instanceof DriftloopError)) throw error;
      return or(error);
    }
  }
}

/** A field of a form that carries JSON; what is none is as good as missing. */
function parseJson(field: unknown): unknown {
  try {
    return typeof field === 'string' ? JSON.parse(field) : null;
  } catch {
    return null;
  }
}
