import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callbackPath } from '../../console/team-login-routes.tsx';
import { readOidcSettings } from '../../infra/oidc/settings.ts';
import { connectTeamLogin } from '../../infra/oidc/team-login.ts';
import { consoleWorld, declare } from '../fakes/console-world.ts';
import type { ConsoleWorld } from '../fakes/console-world.ts';
import { caughtAsync } from '../support/caught.ts';
import { startTestProvider } from '../support/oidc-provider.ts';
import type { TestProvider } from '../support/oidc-provider.ts';

/** The console and a real OpenID provider, and a browser between them. */

const home = 'https://driftloop.example.org';
const html = { accept: 'text/html' };
let provider: TestProvider;
let world: ConsoleWorld;

const settingsOf = (issuer: string) =>
  readOidcSettings(
    {
      DRIFTLOOP_CONSOLE_URL: home,
      DRIFTLOOP_OIDC_ISSUER: issuer,
      DRIFTLOOP_OIDC_CLIENT_ID: 'driftloop',
      DRIFTLOOP_OIDC_CLIENT_SECRET: 'a-secret',
      DRIFTLOOP_OIDC_ROLES: 'ml-team=viewer; churn-leads=approver:churn',
    },
    callbackPath,
  )!;
beforeAll(async () => {
  provider = await startTestProvider(`${home}${callbackPath}`, {
    ada: { email: 'ada@example.org', email_verified: true, groups: ['ml-team', 'churn-leads'] },
    cook: { email: 'cook@example.org', groups: ['cooks'] },
    eve: { email: 'ada@example.org', email_verified: false, groups: ['ml-team'] },
  });
});
afterAll(() => provider?.stop());
beforeEach(() => {
  world = consoleWorld({ localUser: null, teamLogin: connectTeamLogin(settingsOf(provider.issuer)) });
  for (const name of ['churn', 'fraud'])
    declare(world, {
      name,
      task: { kind: 'classification', labels: ['A', 'B'] },
      input: { x: { kind: 'number' } },
    });
});

const get = async (address: string, cookie = '') =>
  world.app.request(new URL(address, home).href, { headers: { ...html, cookie } });
const cookieOf = (answer: Response, name: string) =>
  answer.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.split(';')[0] ?? '';
async function begin() {
  const answer = await get('/login/oidc?to=/models/churn');
  return { address: answer.headers.get('location')!, cookie: cookieOf(answer, 'driftloop_login_default') };
}
async function enter(login: string) {
  const { address, cookie } = await begin();
  const back = await provider.logIn(address, login);
  const answer = await get(back, cookie);
  return { answer, back, cookie, session: cookieOf(answer, 'driftloop_session_default') };
}

test('whoever logs in there is here by name, with the roles that their groups are worth', async () => {
  const { answer, session } = await enter('ada');
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('content="0;url=/models/churn"');
  expect(session).not.toBe('');
  const page = await (await get('/models/churn', session)).text();
  expect(page).toContain('ada@example.org');
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)![1]!;
  const post = (path: string) =>
    world.app.request(`${home}${path}`, {
      method: 'POST',
      headers: { ...html, cookie: session },
      body: new URLSearchParams({ csrf }),
    });
  // An approver of one model may stop it, and of another only look.
  expect((await post('/models/churn/pause')).status).toBe(303);
  expect((await post('/models/fraud/pause')).status).toBe(403);
  expect(world.said).toMatchObject([['pause', 'churn', { by: 'ada@example.org' }]]);
  expect(world.people.audited.map(({ action, by, refused }) => [action, by, refused])).toEqual([
    ['login', 'ada@example.org', undefined],
    ['access', 'ada@example.org', 'DL_OTHER_MODEL'],
  ]);
});

test('what came back once does not come back twice: not in this browser, not in another', async () => {
  const { back, cookie } = await enter('ada');
  expect((await get(back)).status).toBe(401);
  expect((await get(back, cookie)).status).toBe(401);
  const another = await begin();
  expect((await get(back, another.cookie)).status).toBe(401);
});

test('an answer that was meant for another login is refused: its state, its nonce, its verifier', async () => {
  const teamLogin = connectTeamLogin(settingsOf(provider.issuer));
  const wrongs = ['state', 'nonce', 'verifier'] as const;
  for (const wrong of wrongs) {
    const { address, begun } = await teamLogin.begin();
    const other = (await teamLogin.begin()).begun;
    const { searchParams } = new URL(await provider.logIn(address, 'ada'));
    const mixed = { ...begun, [wrong]: other[wrong] };
    expect((await caughtAsync(() => teamLogin.finish(searchParams, mixed))).code).toBe('DL_LOGIN_FAILED');
  }
});

test.each([
  ['nobody with a role', 'cook', 403, 'is a role here'],
  ['an address that is not verified', 'eve', 401, 'has not verified'],
])('%s does not come in, and it is in the audit log', async (_, login, status, said) => {
  const { answer, session } = await enter(login);
  expect([answer.status, session]).toEqual([status, '']);
  expect(await answer.text()).toContain(said);
  expect(world.people.audited).toMatchObject([{ action: 'access', via: 'oidc', by: 'nobody' }]);
});

test('who turns back at the consent is told what the provider said', async () => {
  const { address, cookie } = await begin();
  const answer = await get(await provider.turnBack(address, 'ada'), cookie);
  expect(answer.status).toBe(401);
  expect(await answer.text()).toContain('aborted');
});

test('a provider that is away is said as what it is, and asked again the next time', async () => {
  const away = connectTeamLogin(settingsOf('http://127.0.0.1:1'));
  for (let i = 0; i < 2; i += 1)
    expect(await caughtAsync(() => away.begin())).toMatchObject({
      code: 'DL_LOGIN_UNREACHABLE',
      status: 503,
    });
});
