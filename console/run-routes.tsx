import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { wholeDocument } from './answer-problem.tsx';
import type { Gather } from './gather.ts';
import { clockOf, frameOf, readerOf, seenBy } from './page-frame.ts';
import type { PageContext } from './page-frame.ts';
import { Page } from './pages/layout.tsx';
import type { Links } from './pages/layout.tsx';
import { RunPage } from './pages/run-page.tsx';
import { remember } from './remember.ts';
import type { SharedFleet } from './shared-fleet.ts';
import { railMs } from './shared-fleet.ts';
import { workflowLink } from './workflow-link.ts';
import type { ConsoleEnv } from './session.ts';
import { clockTime } from './times.ts';

export type RunRouteParts = {
  gather: Pick<Gather, 'runRecord'>;
  fleet: SharedFleet;
  links: Links;
  namespace: string;
  refreshMs: number;
  clock: () => number;
};

/** The page of one run. What is done from it are the routes of the decision and of the gate. */
export function createRunRoutes(parts: RunRouteParts): Hono<ConsoleEnv> {
  const { gather, fleet, links, namespace, clock } = parts;
  const share = remember(1_000, clock);
  const app = new Hono<ConsoleEnv>();
  app.get('/runs/:id', etag(), async (c: PageContext) => {
    const id = c.req.param('id') ?? '';
    const record = await share(id, () => gather.runRecord(id));
    const views = seenBy(c, await fleet.within(railMs));
    const current = views.find(({ name }) => name === record.run.model) ?? null;
    const time = clockOf(c, clock());
    const title = `Run of ${clockTime(record.run.startedAt, time)} · ${record.run.model}`;
    return c.html(
      wholeDocument(
        <Page
          title={title}
          frame={{ ...frameOf(c, views, current, parts), tab: 'runs', styles: ['run.css'] }}
        >
          <RunPage
            record={record}
            workflow={workflowLink(links, namespace, record.run)}
            clock={time}
            reader={readerOf(c)}
          />
        </Page>,
      ),
    );
  });
  return app;
}
