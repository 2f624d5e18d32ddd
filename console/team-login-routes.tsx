import { Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import { DriftloopError, ourError } from '../domain/errors.ts';
import type { TeamLogin } from '../domain/team-login.ts';
import { wholeDocument } from './answer-problem.tsx';
import { localPath } from './local-path.ts';
import { AgainPage } from './pages/door-pages.tsx';
import { isSecure } from './session.ts';
import { isSame, signer } from './signing.ts';
import type { ConsoleEnv, Sessions } from './session.ts';

export const loginPath = '/login/oidc';
export const callbackPath = `${loginPath}/callback`;

/** For as long a person may take to log in. */
const lifetimeMs = 10 * 60_000;

const keptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  to: z.string(),
  until: z.number(),
});

export type TeamLoginParts = {
  sessions: Sessions;
  teamLogin: TeamLogin;
  doorkeeper: Pick<Doorkeeper, 'refused'>;
  token: string;
  namespace: string;
  clock: () => number;
};

/**
 * The way in by the team's own login. What is needed at its end lies in a cookie of its own meanwhile: signed, for this
 * path only, and not strict, because the browser comes back from another site.
 */
export function createTeamLogin(parts: TeamLoginParts): Hono<ConsoleEnv> {
  const { sessions, teamLogin, doorkeeper, token, namespace, clock } = parts;
  const cookieName = `driftloop_login_${namespace}`;
  const sign = signer(token, namespace);

  function read(cookie: string | undefined): z.infer<typeof keptSchema> | null {
    const [text = '', signature = ''] = (cookie ?? '').split('.');
    if (!isSame(signature, sign('login', text))) return null;
    const kept = keptSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return clock() < kept.until ? kept : null;
  }

  const app = new Hono<ConsoleEnv>();
  app.get(loginPath, async (c) => {
    const { address, begun } = await teamLogin.begin();
    const kept = { ...begun, to: localPath(c.req.query('to')), until: clock() + lifetimeMs };
    const text = Buffer.from(JSON.stringify(kept)).toString('base64url');
    setCookie(c, cookieName, `${text}.${sign('login', text)}`, {
      httpOnly: true,
      sameSite: 'Lax',
      path: loginPath,
      maxAge: lifetimeMs / 1_000,
      secure: isSecure(c),
    });
    return c.redirect(address, 303);
  });

  app.get(callbackPath, async (c) => {
    const kept = read(getCookie(c, cookieName));
    // One login, one answer: the same address again finds nothing.
    deleteCookie(c, cookieName, { path: loginPath });
    if (kept === null) throw notBegun();
    const { to, ...begun } = kept;
    const person = await teamLogin
      .finish(new URL(c.req.url).searchParams, begun)
      .catch(async (error: unknown) => {
        const { code: refused, message: because } = ourError(error)!;
        await doorkeeper.refused({ by: 'nobody', via: 'oidc', refused, because });
        throw error;
      });
    await sessions.beginFor(c, person);
    // The chain of redirects began at another site, so a strict cookie would not be sent: a page of ours goes on.
    return c.html(wholeDocument(<AgainPage to={to} />));
  });
  return app;
}

const notBegun = () =>
  new DriftloopError('DL_LOGIN_FAILED', 'This browser has begun no login here in the last ten minutes.', {
    fix: `Begin again at ${loginPath}.`,
  });
