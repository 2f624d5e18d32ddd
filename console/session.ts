import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { DriftloopError } from '../domain/errors.ts';

/** A session that a browser holds: what its forms have to carry. */
export type Session = { csrf: string };
export type ConsoleEnv = { Variables: { session: Session | null } };

export type SessionParts = { token: string; namespace: string; clock: () => number };

const lifetimeMs = 7 * 86_400_000;

const digest = (text: string) => createHash('sha256').update(text).digest();
const isSame = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));

/**
 * Who may come in: a bearer token (programs), or a browser that has shown the token once, at `/?token=…` or in the form
 * of the login page, and holds a cookie since. The cookie is signed with the token, so that sessions need no store, hold
 * on every instance of the console, and end when the token is changed. Consoles of two namespaces behind one host keep
 * their sessions apart: cookies know no port.
 */
export function createSessions({ token, namespace, clock }: SessionParts) {
  if (token === '') throw new RangeError('a console without a token would be open to everybody');
  const cookieName = `driftloop_session_${namespace}`;
  const sign = (purpose: string, text: string) =>
    createHmac('sha256', token).update(`${purpose}:${namespace}:${text}`).digest('base64url');

  function read(c: Context): Session | null {
    const [name, issued, signature] = (getCookie(c, cookieName) ?? '').split('.');
    if (!name || !issued || !signature || !isSame(signature, sign('session', `${name}.${issued}`)))
      return null;
    const age = clock() - Number(issued);
    return age >= 0 && age < lifetimeMs ? { csrf: sign('csrf', name) } : null;
  }

  return {
    isToken: (given: string) => isSame(given, token),
    /** Gives the browser a session. */
    begin(c: Context): void {
      const name = randomBytes(16).toString('base64url');
      const issued = String(clock());
      const { protocol } = new URL(c.req.url);
      setCookie(c, cookieName, `${name}.${issued}.${sign('session', `${name}.${issued}`)}`, {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        maxAge: lifetimeMs / 1_000,
        secure: protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https',
      });
    },
    /** Lets through who carries the token or a session; a session's POST must carry its CSRF token too. */
    require: (async (c, next) => {
      const [, bearer] = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
      if (bearer !== undefined) {
        if (!isSame(bearer, token)) throw unauthorised('The bearer token is not the right one.');
        c.set('session', null);
        return next();
      }
      const session = read(c);
      if (session === null) throw unauthorised('This door asks for the token.');
      if (!['GET', 'HEAD'].includes(c.req.method)) {
        const given = c.req.header('x-driftloop-csrf') ?? (await formField(c, 'csrf'));
        if (!isSame(given, session.csrf))
          throw new DriftloopError('DL_CSRF', 'The request does not come from a page of this console.', {
            fix: 'Reload the page and try again.',
            status: 403,
          });
      }
      c.set('session', session);
      return next();
    }) satisfies MiddlewareHandler<ConsoleEnv>,
  };
}

export type Sessions = ReturnType<typeof createSessions>;

export const unauthorised = (message: string) =>
  new DriftloopError('DL_UNAUTHORISED', message, {
    fix: 'Send `Authorization: Bearer $DRIFTLOOP_TOKEN`, or open the address that `driftloop dev` prints.',
    status: 401,
  });

async function formField(c: Context, name: string): Promise<string> {
  const type = c.req.header('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded') && !type.startsWith('multipart/form-data'))
    return '';
  const value = (await c.req.parseBody())[name];
  return typeof value === 'string' ? value : '';
}
