import { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AuditLog } from '../domain/audit.ts';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { ModelStore, RouteStore } from '../domain/ports.ts';
import { notFound, wholeDocument } from './answer-problem.tsx';
import { readSaid, reasonNeeded } from './api.ts';
import { clockOf, frameOf, readerOf, seenBy } from './page-frame.ts';
import type { PageContext } from './page-frame.ts';
import { Page } from './pages/layout.tsx';
import type { Links } from './pages/layout.tsx';
import { VersionsPage } from './pages/versions-page.tsx';
import { remember } from './remember.ts';
import type { SharedFleet } from './shared-fleet.ts';
import { railMs } from './shared-fleet.ts';
import type { ConsoleEnv } from './session.ts';
import { compareVersions } from './versions/compare-versions.ts';
import type { ComparePorts } from './versions/compare-versions.ts';
import { gatherLineage } from './versions/lineage.ts';
import type { LineagePorts, LineageRow } from './versions/lineage.ts';
import { readWayBack } from './versions/way-back.ts';
import type { WayBack } from './versions/way-back.ts';

export type VersionsRouteParts = ComparePorts &
  LineagePorts & {
    models: Pick<ModelStore, 'get' | 'getPinned'>;
    routes: Pick<RouteStore, 'get' | 'previousChampion'>;
    audit: Pick<AuditLog, 'list'>;
    doorkeeper: Pick<Doorkeeper, 'admit' | 'refused'>;
    wayBack?: WayBack;
    fleet: SharedFleet;
    links: Links;
    refreshMs: number;
    clock: () => number;
  };
type C = PageContext;

/** The versions of a model: lineage, two beside each other, and the way back. */
export function createVersionsRoutes(parts: VersionsRouteParts): Hono<ConsoleEnv> {
  const { fleet, models, doorkeeper, wayBack, clock } = parts;
  const share = remember(2_000, clock);
  const app = new Hono<ConsoleEnv>();

  app.get('/models/:name/versions', etag(), (c) => show(c, null));
  app.get('/api/models/:name/versions/compare', async (c) => {
    const { a = '', b = '' } = c.req.query();
    return c.json(await compareVersions(parts, c.req.param('name'), [a, b]));
  });
  app.post('/models/:name/versions/:version/drill', async (c) => {
    const { name, version } = c.req.param();
    await doorkeeper.admit(c.get('person'), 'rollback', name);
    return act(c, () => here(c).drill(c.get('person'), name, version));
  });
  app.post('/models/:name/versions/:version/rollback', async (c) => {
    const { name, version } = c.req.param();
    await doorkeeper.admit(c.get('person'), 'rollback', name);
    return act(c, async () => {
      const { reason } = readSaid({ reason: (await c.req.parseBody())['reason'] ?? '' });
      if (reason === '') {
        const error = reasonNeeded('A rollback');
        const { name: by, via } = c.get('person');
        await doorkeeper.refused({ by, via, model: name, subject: version, refused: error.code });
        throw error;
      }
      await here(c).go(c.get('person'), name, version, reason);
    });
  });
  return app;

  function here(c: C): WayBack {
    if (wayBack === undefined) throw notFound(c.req.path);
    return wayBack;
  }

  async function act(c: C, work: () => Promise<void>) {
    try {
      await work();
      share.forget();
      fleet.forget();
      return c.redirect(`/models/${encodeURIComponent(c.req.param('name') ?? '')}/versions#rollback`, 303);
    } catch (error) {
      if (!(error instanceof DriftloopError)) throw error;
      share.forget();
      return show(c, error);
    }
  }

  async function show(c: C, problem: DriftloopError | null) {
    const name = c.req.param('name') ?? '';
    await models.get(name);
    const rows = await share(`lineage ${name}`, () => gatherLineage(parts, name));
    const pair = pairOf(rows, c.req.query('a'), c.req.query('b'));
    const [comparison, back, others] = await Promise.all([
      pair === null
        ? null
        : share(`compare ${name} ${pair.join(' ')}`, () => compareVersions(parts, name, pair)),
      share(`back ${name}`, () => readWayBack(parts, name, wayBack !== undefined)),
      fleet.within(railMs),
    ]);
    const views = seenBy(c, others);
    const current = views.find((view) => view.name === name) ?? null;
    return c.html(
      wholeDocument(
        <Page
          title={`Versions of ${name}`}
          frame={{ ...frameOf(c, views, current, parts), tab: 'versions', styles: ['rollout.css'] }}
        >
          <VersionsPage
            model={name}
            rows={rows}
            comparison={comparison}
            wayBack={back}
            clock={clockOf(c, clock())}
            reader={readerOf(c)}
            problem={problem}
          />
        </Page>,
      ),
      problem === null ? 200 : (problem.status as ContentfulStatusCode),
    );
  }
}

/** The two that were asked for; else the champion and the newest beside it. */
function pairOf(rows: readonly LineageRow[], a?: string, b?: string): [string, string] | null {
  const names = rows.map(({ version }) => version.version);
  const champion = rows.find(({ version }) => version.role === 'champion')?.version;
  const isKnown = (name: string | undefined): name is string => name !== undefined && names.includes(name);
  if (isKnown(a) && isKnown(b)) return [a, b];
  const newest = rows[0]?.version;
  if (newest === undefined) return null;
  const other =
    champion === undefined || champion.version === newest.version ? newest.parent : champion.version;
  return isKnown(other ?? undefined) && other !== newest.version ? [other!, newest.version] : null;
}
