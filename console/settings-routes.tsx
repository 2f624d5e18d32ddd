import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import { DriftloopError } from '../domain/errors.ts';
import { everyModel, mayDo, refuseUnfitName, roles } from '../domain/person.ts';
import type { Role } from '../domain/person.ts';
import type { ModelStore } from '../domain/ports.ts';
import type { TeamLogin } from '../domain/team-login.ts';
import { expiryOf } from '../domain/tokens.ts';
import type { Token, TokenStore } from '../domain/tokens.ts';
import { wholeDocument } from './answer-problem.tsx';
import type { Examination } from './examination.ts';
import { clockOf, frameOf, readerOf, seenBy } from './page-frame.ts';
import type { PageContext } from './page-frame.ts';
import { Page } from './pages/layout.tsx';
import type { Links } from './pages/layout.tsx';
import { SettingsPage } from './pages/settings-page.tsx';
import { patientLook } from './patient-look.ts';
import type { SharedFleet } from './shared-fleet.ts';
import { railMs } from './shared-fleet.ts';
import type { ConsoleEnv } from './session.ts';

export type SettingsParts = {
  fleet: SharedFleet;
  models: Pick<ModelStore, 'list' | 'get' | 'applied'>;
  tokens: Pick<TokenStore, 'create' | 'list' | 'revoke'>;
  examine: () => Promise<Examination>;
  doorkeeper: Pick<Doorkeeper, 'admit'>;
  teamLogin?: TeamLogin;
  namespace: string;
  links: Links;
  refreshMs: number;
  clock: () => number;
};

/** Every part is asked, and some of them by starting a program: not again for each reader. */
const EXAMINED_FOR_MS = 30_000;

type Shown = { made?: { token: Token; secret: string }; problem?: DriftloopError };

const wishSchema = z.object({
  name: z.string(),
  role: z.enum(roles as [Role, ...Role[]]),
  model: z.string().min(1),
  expires: z.string().regex(/^(never|\d+[smhdw])$/),
});

/** `/settings`: everybody finds who they are and what the installation is; tokens are for those who may make them. */
export function createSettings(parts: SettingsParts): Hono<ConsoleEnv> {
  const { fleet, models, tokens, doorkeeper, namespace, links, teamLogin, clock } = parts;
  const examined = patientLook(parts.examine, EXAMINED_FOR_MS, clock);
  const people = (c: PageContext) => doorkeeper.admit(c.get('person'), 'people', everyModel);
  const app = new Hono<ConsoleEnv>();

  app.get('/settings', (c) => show(c, {}));

  app.post('/settings/tokens', async (c) => {
    await people(c);
    try {
      const wish = readWish(await c.req.parseBody());
      refuseUnfitName(wish.name);
      if (wish.model !== everyModel) await models.get(wish.model);
      const { name: by, via } = c.get('person');
      const made = await tokens.create({
        name: wish.name.trim(),
        grants: [{ role: wish.role, model: wish.model }],
        expiresAt: expiryOf(wish.expires, clock()),
        by,
        via,
      });
      // The one answer that has a secret in it: nothing may keep it.
      c.header('cache-control', 'no-store');
      return await show(c, { made });
    } catch (error) {
      if (!(error instanceof DriftloopError)) throw error;
      return show(c, { problem: error });
    }
  });

  app.post('/settings/tokens/:id/revoke', async (c) => {
    await people(c);
    try {
      const { name: by, via } = c.get('person');
      await tokens.revoke(c.req.param('id'), { by, via });
      return c.redirect('/settings#tokens', 303);
    } catch (error) {
      if (!(error instanceof DriftloopError)) throw error;
      return show(c, { problem: error });
    }
  });
  return app;

  async function show(c: PageContext, { made, problem }: Shown) {
    const person = c.get('person');
    const views = seenBy(c, await fleet.within(railMs));
    const declared = await models.list();
    const [applied] = await models.applied({ limit: 1 });
    const seen = declared.filter(({ config }) => mayDo(person, 'view', config.name));
    return c.html(
      wholeDocument(
        <Page
          title="Settings"
          frame={{ ...frameOf(c, views, null, parts, 'settings'), styles: ['record.css'] }}
        >
          <SettingsPage
            tokens={mayDo(person, 'people', everyModel) ? await tokens.list() : null}
            made={made ?? null}
            models={declared.map(({ config }) => config.name)}
            notices={seen.flatMap(({ config: { name, approval } }) =>
              approval.notify === undefined ? [] : [{ model: name, address: approval.notify.webhook }],
            )}
            webhooks={(applied?.config.webhooks ?? []).filter(
              ({ models: of }) => of === undefined || seen.some(({ config }) => of.includes(config.name)),
            )}
            examined={await examined()}
            mayFix={mayDo(person, 'people', everyModel)}
            namespace={namespace}
            hasTeamLogin={teamLogin !== undefined}
            links={links}
            reader={readerOf(c)}
            clock={clockOf(c, clock())}
            problem={problem ?? null}
          />
        </Page>,
      ),
      problem === undefined ? 200 : (problem.status as ContentfulStatusCode),
    );
  }
}

function readWish(form: Record<string, unknown>): z.infer<typeof wishSchema> {
  const parsed = wishSchema.safeParse(form);
  if (parsed.success) return parsed.data;
  throw new DriftloopError(
    'DL_REQUEST_INVALID',
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    { fix: 'Say whose the token is, one role, for which model, and for how long.' },
  );
}
