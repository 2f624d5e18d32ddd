import { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { DriftloopError } from '../domain/errors.ts';
import { mayDo } from '../domain/person.ts';
import type { ModelStore } from '../domain/ports.ts';
import { wholeDocument } from './answer-problem.tsx';
import { readBody, readSaid } from './api.ts';
import type { Actions } from './api.ts';
import { clockOf, frameOf, readerOf, seenBy } from './page-frame.ts';
import type { PageContext } from './page-frame.ts';
import { Page } from './pages/layout.tsx';
import type { Links } from './pages/layout.tsx';
import { RolloutPage } from './pages/rollout-page.tsx';
import { RolloutsPage } from './pages/rollouts-page.tsx';
import { remember } from './remember.ts';
import type { SharedFleet } from './shared-fleet.ts';
import { railMs } from './shared-fleet.ts';
import { gatherRollout } from './rollout/gather-rollout.ts';
import type { RolloutParts } from './rollout/gather-rollout.ts';
import type { ConsoleEnv } from './session.ts';

export type RolloutRouteParts = RolloutParts & {
  models: Pick<ModelStore, 'list'>;
  fleet: SharedFleet;
  actions: Pick<Actions, 'steer'>;
  links: Links;
  refreshMs: number;
};
type C = PageContext;

/** The pages of rollouts, and what a person may say to one; the same as JSON under `/api`. */
export function createRolloutRoutes(parts: RolloutRouteParts): Hono<ConsoleEnv> {
  const { fleet, actions, models, clock } = parts;
  const share = remember(1_000, clock);
  const app = new Hono<ConsoleEnv>();
  const viewOf = (model: string, run: string | null = null) =>
    share(`${model} ${run ?? ''}`, () => gatherRollout(parts, model, run));

  app.get('/rollouts', etag(), async (c) => {
    const declared = await models.list();
    const names = declared
      .map(({ config }) => config.name)
      .filter((name) => mayDo(c.get('person'), 'view', name));
    const views = await Promise.all(names.toSorted().map((name) => viewOf(name)));
    return c.html(
      wholeDocument(
        <Page title="Rollouts" frame={await frame(c)}>
          <RolloutsPage views={views} clock={clockOf(c, clock())} />
        </Page>,
      ),
    );
  });
  app.get('/models/:name/rollout', etag(), (c) => show(c, null));
  app.get('/api/models/:name/rollout', async (c) =>
    c.json(await viewOf(c.req.param('name'), c.req.query('run') ?? null)),
  );
  for (const kind of ['pause', 'resume', 'skip', 'abort'] as const) {
    app.post(`/models/:name/rollout/${kind}`, async (c) => {
      const name = c.req.param('name');
      try {
        const { reason, runId } = await c.req.parseBody();
        const said = readSaid(reason === undefined ? {} : { reason });
        const meant = typeof runId === 'string' && runId !== '' ? { runId } : {};
        await actions.steer(c.get('person'), name, { ...said, kind, ...meant });
        share.forget();
        fleet.forget();
        return c.redirect(`/models/${encodeURIComponent(name)}/rollout`, 303);
      } catch (error) {
        if (!(error instanceof DriftloopError)) throw error;
        return show(c, error);
      }
    });
    app.post(`/api/models/:name/rollout/${kind}`, async (c) => {
      const name = c.req.param('name');
      const said = readSaid(await readBody(c));
      const { runId, version } = await actions.steer(c.get('person'), name, { ...said, kind });
      share.forget();
      fleet.forget();
      return c.json({ model: name, runId, version, heard: kind });
    });
  }
  return app;

  async function frame(c: C) {
    const views = seenBy(c, await fleet.within(railMs));
    return { ...frameOf(c, views, null, parts, 'rollouts'), styles: ['rollout.css' as const] };
  }

  async function show(c: C, problem: DriftloopError | null) {
    const name = c.req.param('name') ?? '';
    const view = await viewOf(name, c.req.query('run') ?? null);
    const title = `Rollout of ${name}${view.shown === null ? '' : ` ${view.shown.version}`}`;
    return c.html(
      wholeDocument(
        <Page title={title} frame={await frame(c)}>
          <RolloutPage view={view} clock={clockOf(c, clock())} reader={readerOf(c)} problem={problem} />
        </Page>,
      ),
      problem === null ? 200 : (problem.status as ContentfulStatusCode),
    );
  }
}
