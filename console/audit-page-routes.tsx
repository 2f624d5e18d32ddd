import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { stream } from 'hono/streaming';
import { isAmong } from '../domain/audit.ts';
import type { AuditFilter, AuditLog } from '../domain/audit.ts';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import { everyModel } from '../domain/person.ts';
import { wholeDocument } from './answer-problem.tsx';
import { createAuditCheck } from './check-audit.ts';
import { clockOf, frameOf, seenBy } from './page-frame.ts';
import type { PageContext } from './page-frame.ts';
import { AuditPage, searchOf } from './pages/audit-page.tsx';
import { Page } from './pages/layout.tsx';
import type { Links } from './pages/layout.tsx';
import type { SharedFleet } from './shared-fleet.ts';
import { railMs } from './shared-fleet.ts';
import type { ConsoleEnv } from './session.ts';

export type AuditPageParts = {
  fleet: SharedFleet;
  audit: Pick<AuditLog, 'list' | 'all'>;
  doorkeeper: Pick<Doorkeeper, 'admit'>;
  links: Links;
  refreshMs: number;
  clock: () => number;
};

/** Rows of a page. */
const ROWS = 50;

/** `/audit` and its export, for those who may read the log: all of it, or what concerns a model of theirs. */
export function createAuditPage(parts: AuditPageParts): Hono<ConsoleEnv> {
  const { fleet, audit, doorkeeper, clock } = parts;
  const check = createAuditCheck(audit, clock);
  const app = new Hono<ConsoleEnv>();
  app.use('/audit', etag());

  app.get('/audit', async (c) => {
    const views = seenBy(c, await fleet.within(railMs));
    const names = views.map(({ name }) => name);
    const filter = await admitted(c);
    const before = Number(c.req.query('before'));
    const isFirst = !Number.isSafeInteger(before) || before <= 0;
    // One more than is shown says whether there are older ones.
    const found = await audit.list({ ...filter, ...(isFirst ? {} : { before }), limit: ROWS + 1 });
    const rows = found.slice(-ROWS).reverse();
    const last = rows.at(-1);
    return c.html(
      wholeDocument(
        <Page title="Audit" frame={{ ...frameOf(c, views, null, parts, 'audit'), styles: ['record.css'] }}>
          <AuditPage
            rows={rows}
            check={await check()}
            filter={filter}
            models={names}
            people={[...new Set(rows.map(({ by }) => by))].toSorted()}
            older={
              found.length > ROWS && last !== undefined
                ? `/audit?${searchOf(filter, { before: String(last.id) })}`
                : null
            }
            isFirst={isFirst}
            exportAt={`/audit/export?${searchOf(filter)}`}
            clock={clockOf(c, clock())}
          />
        </Page>,
      ),
    );
  });

  app.get('/audit/export', async (c) => {
    const filter = await admitted(c);
    c.header('content-type', 'application/jsonl; charset=utf-8');
    c.header('content-disposition', 'attachment; filename="audit.jsonl"');
    return stream(c, async (out) => {
      for await (const row of audit.all()) {
        if (out.aborted) break;
        if (isAmong(row, filter)) await out.write(`${JSON.stringify(row)}\n`);
      }
    });
  });
  return app;

  /** What is asked for, and may be. */
  async function admitted(c: PageContext): Promise<AuditFilter> {
    const filter = filterOf(c);
    await doorkeeper.admit(c.get('person'), 'audit', filter.model ?? everyModel);
    return filter;
  }
}

/** A field that is empty asks for nothing. */
function filterOf(c: PageContext): AuditFilter {
  const given = (name: string) => {
    const value = c.req.query(name)?.trim();
    return value ? value.slice(0, 200) : undefined;
  };
  const [model, by, action, refused] = ['model', 'by', 'action', 'refused'].map(given);
  return {
    ...(model === undefined ? {} : { model }),
    ...(by === undefined ? {} : { by }),
    ...(action === undefined ? {} : { action }),
    ...(refused === undefined ? {} : { refused: refused === 'true' }),
  };
}
