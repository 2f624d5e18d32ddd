import { Hono } from 'hono';
import { wholeDocument } from './answer-problem.tsx';
import { LoginPage } from './pages/door-pages.tsx';
import type { ConsoleEnv, Sessions } from './session.ts';

/** The two ways in for a browser: any address with `?token=…`, or the form of the login page. */
export function createLogin(sessions: Sessions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.post('/login', async (c) => {
    const form = await c.req.parseBody();
    const to = localPath(form['to']);
    if (typeof form['token'] !== 'string' || !sessions.isToken(form['token']))
      return c.html(wholeDocument(<LoginPage to={to} wrong />), 401);
    sessions.begin(c);
    return c.redirect(to, 303);
  });
  app.get('*', async (c, next) => {
    const given = c.req.query('token');
    if (given === undefined) return next();
    // The token leaves the address at once: it must not stay in a history or go out as a referrer.
    const url = new URL(c.req.url);
    url.searchParams.delete('token');
    const to = localPath(url.pathname + url.search);
    if (!sessions.isToken(given)) return c.html(wholeDocument(<LoginPage to={to} wrong />), 401);
    sessions.begin(c);
    return c.redirect(to, 303);
  });
  return app;
}

/** Only paths of this console: neither a form field nor an address may send the reader elsewhere. */
export function localPath(given: unknown): string {
  if (typeof given !== 'string' || !/^\/(?![/\\])/.test(given)) return '/';
  try {
    const url = new URL(given, 'http://here');
    return url.host === 'here' ? url.pathname + url.search : '/';
  } catch {
    return '/';
  }
}
