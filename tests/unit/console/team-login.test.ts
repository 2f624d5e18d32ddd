import { beforeEach, expect, test } from 'vitest';
import { DriftloopError } from '../../../domain/errors.ts';
import type { TeamLogin } from '../../../domain/team-login.ts';
import { consoleWorld } from '../../fakes/console-world.ts';
import type { ConsoleWorld } from '../../fakes/console-world.ts';

/** A provider that lets in who brings the code "good"; the protocol is tested against a real one. */
const teamLogin: TeamLogin = {
  begin: async () => ({
    address: 'https://login.example.org/authorize?state=s',
    begun: { state: 's', nonce: 'n', verifier: 'v' },
  }),
  async finish(query, begun) {
    if (query.get('code') !== 'good' || query.get('state') !== begun.state)
      throw new DriftloopError('DL_LOGIN_FAILED', 'The login did not say who you are.', { fix: 'Again.' });
    return { name: 'ada@example.org', via: 'oidc', grants: [{ role: 'viewer', model: '*' }] };
  },
};
let world: ConsoleWorld;
beforeEach(() => {
  world = consoleWorld({ localUser: null, teamLogin });
});
const html = { accept: 'text/html' };
const get = async (path: string, headers: Record<string, string> = {}) =>
  world.app.request(path, { headers: { ...html, ...headers } });
const cookieOf = (answer: Response, name: string) =>
  answer.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.split(';')[0] ?? '';

async function come(path: string, to = '/') {
  const begun = await get(`/login/oidc?to=${encodeURIComponent(to)}`);
  const cookie = cookieOf(begun, 'driftloop_login_default');
  return { begun, cookie, back: await get(path, { cookie, 'sec-fetch-site': 'cross-site' }) };
}
const good = '/login/oidc/callback?code=good&state=s';

test('the login page leads to the team login, and back to where the reader wanted to go', async () => {
  const page = await (await get('/models/churn?range=24h')).text();
  expect(page).toContain('href="/login/oidc?to=%2Fmodels%2Fchurn%3Frange%3D24h"');
  const { begun, back } = await come(good, '/models/churn?range=24h');
  expect(begun.headers.get('location')).toMatch(/^https:\/\/login\.example\.org\/authorize/);
  expect(begun.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/);
  expect(back.status).toBe(200);
  expect(await back.text()).toContain('content="0;url=/models/churn?range=24h"');
  const session = cookieOf(back, 'driftloop_session_default');
  expect((await get('/', { cookie: session })).status).toBe(200);
  expect(world.people.audited).toMatchObject([{ action: 'login', by: 'ada@example.org', via: 'oidc' }]);
});

test('no other site chooses where the reader comes out', async () => {
  const { back } = await come(good, '//evil.example');
  expect(await back.text()).toContain('content="0;url=/"');
  for (const to of ['/.//evil.example', '/?token=of-another'])
    expect(await (await come(good, to)).back.text()).toContain('content="0;url=/"');
});

test('an answer to a login that was not begun here, or long ago, or of another state lets nobody in', async () => {
  expect((await get(good)).status).toBe(401);
  const { cookie } = await come('/login/oidc/callback?code=good&state=other');
  expect((await get(good, { cookie: `${cookie.slice(0, -2)}xx` })).status).toBe(401);
  world.time.now += 10 * 60_000;
  const late = await get(good, { cookie });
  expect(late.status).toBe(401);
  expect(await late.text()).toContain('has begun no login here');
  expect(world.people.audited).toMatchObject([{ by: 'nobody', via: 'oidc', refused: 'DL_LOGIN_FAILED' }]);
});

test('whoever has logged in there is out by the next day', async () => {
  const { back } = await come(good);
  const cookie = cookieOf(back, 'driftloop_session_default');
  world.time.now += 12 * 3_600_000 - 1;
  expect((await get('/', { cookie })).status).toBe(200);
  world.time.now += 1;
  expect((await get('/', { cookie })).status).toBe(401);
});

test('signing out ends the session for every copy of the cookie, and no other site does it', async () => {
  const { back } = await come(good);
  const cookie = cookieOf(back, 'driftloop_session_default');
  const csrf = /name="csrf" value="([^"]+)"/.exec(await (await get('/', { cookie })).text())![1]!;
  const signOut = (fields: Record<string, string>) =>
    world.app.request('/logout', {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { ...html, cookie },
    });
  expect((await signOut({})).status).toBe(403);
  expect((await get('/', { cookie })).status).toBe(200);
  const out = await signOut({ csrf });
  expect(out.status).toBe(303);
  expect(out.headers.get('clear-site-data')).toBe('"cache"');
  expect((await get('/', { cookie })).status).toBe(401);
  expect(world.people.audited.at(-1)).toMatchObject({ action: 'logout', by: 'ada@example.org' });
});
