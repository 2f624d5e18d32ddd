import { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { ModelStore } from '../domain/ports.ts';
import { wholeDocument } from './answer-problem.tsx';
import type { Gather } from './gather.ts';
import { clockOf, frameOf, seenBy } from './page-frame.ts';
import { Page } from './pages/layout.tsx';
import type { Links } from './pages/layout.tsx';
import { PolicyPage } from './pages/policy-page.tsx';
import { policyHistory } from './policy/history.ts';
import { remember } from './remember.ts';
import type { ConsoleEnv } from './session.ts';

export type PolicyRouteParts = {
  models: Pick<ModelStore, 'get' | 'applied'>;
  gather: Pick<Gather, 'fleet' | 'model'>;
  links: Links;
  refreshMs: number;
  clock: () => number;
};

/** The policy of a model: what is in force, and who changed what when. */
export function createPolicyRoutes(parts: PolicyRouteParts): Hono<ConsoleEnv> {
  const { models, gather, clock } = parts;
  const share = remember(2_000, clock);
  const app = new Hono<ConsoleEnv>();
  app.get('/models/:name/policy', etag(), async (c) => {
    const name = c.req.param('name');
    const { config, digest } = await models.get(name);
    const [view, history, fleet] = await Promise.all([
      share(`model ${name}`, () => gather.model(name)),
      share(`history ${name}`, () => policyHistory(parts, name)),
      share('fleet', gather.fleet),
    ]);
    const frame = { ...frameOf(c, seenBy(c, fleet), view, parts), styles: ['rollout.css' as const] };
    return c.html(
      wholeDocument(
        <Page title={`Policy of ${name}`} frame={frame}>
          <PolicyPage
            config={config}
            digest={digest}
            view={view}
            history={history}
            clock={clockOf(c, clock())}
          />
        </Page>,
      ),
    );
  });
  return app;
}
