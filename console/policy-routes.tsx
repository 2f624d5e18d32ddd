import { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { ModelStore } from '../domain/ports.ts';
import { wholeDocument } from './answer-problem.tsx';
import { clockOf, frameOf, seenBy } from './page-frame.ts';
import { Page } from './pages/layout.tsx';
import type { Links } from './pages/layout.tsx';
import { PolicyPage } from './pages/policy-page.tsx';
import { policyHistory } from './policy/history.ts';
import { remember } from './remember.ts';
import type { SharedFleet } from './shared-fleet.ts';
import { railMs } from './shared-fleet.ts';
import type { ConsoleEnv } from './session.ts';

export type PolicyRouteParts = {
  models: Pick<ModelStore, 'get' | 'applied'>;
  fleet: SharedFleet;
  links: Links;
  refreshMs: number;
  clock: () => number;
};

/** The policy of a model: what is in force, and who changed what when. */
export function createPolicyRoutes(parts: PolicyRouteParts): Hono<ConsoleEnv> {
  const { models, fleet, clock } = parts;
  const share = remember(2_000, clock);
  const app = new Hono<ConsoleEnv>();
  app.get('/models/:name/policy', etag(), async (c) => {
    const name = c.req.param('name');
    const { config, digest } = await models.get(name);
    const [view, history, others] = await Promise.all([
      share(`model ${name}`, () => fleet.model(name, 2_000)),
      share(`history ${name}`, () => policyHistory(parts, name)),
      fleet.within(railMs),
    ]);
    const frame = { ...frameOf(c, seenBy(c, others), view, parts), styles: ['rollout.css' as const] };
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
