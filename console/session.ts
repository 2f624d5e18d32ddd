import { randomBytes } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { bearerOf, unauthorised } from '../domain/doorkeeper.ts';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import { isSame, signer } from './signing.ts';
import type { LoggedIn, SessionStore } from '../domain/sessions.ts';

/** A session that a browser holds: what its forms have to carry. */
export type Session = { csrf: string };
export type ConsoleEnv = { Variables: { session: Session | null; person: Person } };

export type SessionParts = {
  doorkeeper: Pick<Doorkeeper, 'recognise' | 'refused'>;
  sessions: SessionStore;
  /** What cookies are signed with: with another one every session is over. */
  token: string;
  namespace: string;
  clock: () => number;
};

const day = 86_400_000;
/** Of who has shown a token: the session ends with the token in any case. */
const tokenLifetimeMs = 7 * day;
/** Of who has logged in elsewhere: whoever has left the team there is out here by the next day. */
const oidcLifetimeMs = day / 2;

/**
 * Who may come in: a bearer token (programs), or a browser that has shown a token once, at `/?token=…` or in the form of
 * the login page, or that comes back from the team's own login, and holds a cookie since. The cookie is a name, signed;
 * whose session it is stands in the store, so that it can be ended. Consoles of two namespaces behind one host keep
 * their sessions apart: cookies know no port.
 */
export function createSessions(parts: SessionParts) {
  const { doorkeeper, sessions, token, namespace, clock } = parts;
  if (token === '') throw new RangeError('a console without a token would be open to everybody');
  const cookieName = `driftloop_session_${namespace}`;
  const sign = signer(token, namespace);

  function nameIn(c: Context): string | null {
    const [name, signature] = (getCookie(c, cookieName) ?? '').split('.');
    return name && signature && isSame(signature, sign('session', name)) ? name : null;
  }

  /** Who has shown the installation's token is who that makes them now: a local user only while one is declared. */
  const personOf = async ({ person, tokenId }: LoggedIn): Promise<Person> =>
    tokenId === null && person.via !== 'oidc' ? (await doorkeeper.recognise(token)).person : person;

  async function begin(c: Context, person: Person, tokenId: string | null): Promise<void> {
    const name = randomBytes(24).toString('base64url');
    const lifetimeMs = person.via === 'oidc' ? oidcLifetimeMs : tokenLifetimeMs;
    const expiresAt = new Date(clock() + lifetimeMs).toISOString();
    await sessions.begin(name, { person, tokenId, expiresAt });
    setCookie(c, cookieName, `${name}.${sign('session', name)}`, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: lifetimeMs / 1_000,
      secure: isSecure(c),
    });
  }

  return {
    /** A session for whoever has this token. Throws what `recognise` throws. */
    async beginWithToken(c: Context, secret: string): Promise<void> {
      const { person, tokenId } = await doorkeeper.recognise(secret);
      await begin(c, person, tokenId);
    },
    /** A session for whoever the team's own login says it is. */
    beginFor: (c: Context, person: Person): Promise<void> => begin(c, person, null),
    /** Ends the session, here and for whoever has copied the cookie. */
    async end(c: Context<ConsoleEnv>): Promise<void> {
      const name = nameIn(c);
      if (name !== null) {
        await sessions.end(name, c.get('person'));
      }
      deleteCookie(c, cookieName, { path: '/' });
    },
    /** Lets through who carries a token or a session; a session's POST must carry its CSRF token too. */
    require: (async (c, next) => {
      const bearer = bearerOf(c.req.header('authorization'));
      if (bearer !== undefined) {
        c.set('person', (await doorkeeper.recognise(bearer)).person);
        c.set('session', null);
        return next();
      }
      const name = nameIn(c);
      const session = name === null ? null : await sessions.find(name, clock());
      if (name === null || session === null) throw unauthorised('This door asks for a token.');
      const csrf = sign('csrf', name);
      const person = await personOf(session);
      if (!['GET', 'HEAD'].includes(c.req.method)) {
        const given = c.req.header('x-driftloop-csrf') ?? (await formField(c, 'csrf'));
        if (!isSame(given, csrf)) {
          const error = fromElsewhere();
          const { name: by, via } = person;
          await doorkeeper.refused({ by, via, subject: c.req.path, refused: error.code });
          throw error;
        }
      }
      c.set('person', person);
      c.set('session', { csrf });
      return next();
    }) satisfies MiddlewareHandler<ConsoleEnv>,
  };
}

export type Sessions = ReturnType<typeof createSessions>;

/** Whether the browser came by TLS, to us or to what stands before us. */
export const isSecure = (c: Context): boolean =>
  new URL(c.req.url).protocol === 'https:' ||
  // Several proxies make it a list; the browser spoke to the first.
  c.req.header('x-forwarded-proto')?.split(',')[0]!.trim() === 'https';

export const fromElsewhere = () =>
  new DriftloopError('DL_CSRF', 'The request does not come from a page of this console.', {
    fix: 'Reload the page and try again.',
    status: 403,
  });

async function formField(c: Context, name: string): Promise<string> {
  const type = c.req.header('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded') && !type.startsWith('multipart/form-data'))
    return '';
  const value = (await c.req.parseBody())[name];
  return typeof value === 'string' ? value : '';
}
