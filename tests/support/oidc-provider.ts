import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export type TestProvider = {
  issuer: string;
  /** A browser that logs in as somebody at the address that the console sends it to; where it is sent back to. */
  logIn(address: string, login: string): Promise<string>;
  /** The same, but the person turns back at the consent. */
  turnBack(address: string, login: string): Promise<string>;
  stop(): Promise<void>;
};

export type TestPerson = Readonly<{ email?: string; groups?: readonly string[]; email_verified?: boolean }>;

/**
 * A real OpenID provider on a free port, with a login form and a consent. Claims come from the userinfo endpoint, as the
 * standard has it for this flow; PKCE is demanded.
 */
export async function startTestProvider(
  redirectUri: string,
  people: Readonly<Record<string, TestPerson>>,
): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'driftloop',
        client_secret: 'a-secret',
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    cookies: { keys: ['a-key-of-a-test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['groups'] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people[id] }),
    }),
  });
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));

  async function walk(address: string, answerTo: (form: string) => Record<string, string> | 'abort') {
    const jar = new Map<string, string>();
    let at = new URL(address);
    let sent: Record<string, string> | undefined;
    for (let step = 0; step < 20; step += 1) {
      const answer = await fetch(at, {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(sent === undefined ? {} : { method: 'POST', body: new URLSearchParams(sent) }),
      });
      sent = undefined;
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
        jar.set(name!, value!);
      }
      const to = answer.headers.get('location');
      if (to !== null) {
        at = new URL(to, at);
        if (at.href.startsWith(redirectUri)) return at.href;
        continue;
      }
      const page = await answer.text();
      const fields = answerTo(page);
      if (fields === 'abort') at = new URL(`${at.pathname}/abort`, at);
      else sent = fields;
    }
    throw new Error(`the login did not end; it is at ${at.href}`);
  }
  const fill = (login: string, consent: Record<string, string> | 'abort') => (page: string) =>
    page.includes('name="login"') ? { prompt: 'login', login, password: 'any' } : consent;

  return {
    issuer,
    logIn: (address, login) => walk(address, fill(login, { prompt: 'consent' })),
    turnBack: (address, login) => walk(address, fill(login, 'abort')),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
