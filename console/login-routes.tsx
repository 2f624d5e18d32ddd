import { Hono } from 'hono';
import type { Context } from 'hono';
import { ourError } from '../domain/errors.ts';
import { wholeDocument } from './answer-problem.tsx';
import { localPath } from './local-path.ts';
import { LoginPage } from './pages/door-pages.tsx';
import { fromElsewhere } from './session.ts';
import type { ConsoleEnv, Sessions } from './session.ts';

/** The ways in for a browser with a token: any address with `?token=…`, or the form of the login page. */
export function createLogin(sessions: Sessions, { teamLogin }: { teamLogin: boolean }): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.post('/login', async (c) => {
    refuseOtherSites(c);
    const form = await c.req.parseBody();
    const to = localPath(form['to']);
    return enter(c, typeof form['token'] === 'string' ? form['token'] : '', to);
  });
  app.get('*', async (c, next) => {
    const given = c.req.query('token');
    if (given === undefined) return next();
    refuseOtherSites(c);
    // The token leaves the address at once: it must not stay in a history or go out as a referrer.
    const url = new URL(c.req.url);
    url.searchParams.delete('token');
    return enter(c, given, localPath(url.pathname + url.search));
  });
  return app;

  async function enter(c: Context<ConsoleEnv>, token: string, to: string) {
    try {
      await sessions.beginWithToken(c, token);
      return c.redirect(to, 303);
    } catch (error) {
      const known = ourError(error);
      if (known?.status !== 401) throw error;
      const wrong = known.code === 'DL_UNAUTHORISED' ? 'That is no token of this console.' : known.message;
      return c.html(wholeDocument(<LoginPage to={to} wrong={wrong} teamLogin={teamLogin} />), 401);
    }
  }
}

/** The way out. Behind `sessions.require`, which has seen the CSRF token. */
export function createLogout(sessions: Sessions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.post('/logout', async (c) => {
    await sessions.end(c);
    // Whoever comes to this browser next and presses "back" sees none of it.
    c.header('clear-site-data', '"cache"');
    return c.redirect('/', 303);
  });
  return app;
}

/** No other site logs a reader in, as somebody whom that site has chosen. */
function refuseOtherSites(c: Context): void {
  const site = c.req.header('sec-fetch-site') ?? 'none';
  if (site === 'cross-site' || site === 'same-site') throw fromElsewhere();
}
