import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { createSessions } from '../../../console/session.ts';
import type { ConsoleEnv } from '../../../console/session.ts';
import { fakePeople } from '../../fakes/people.ts';

const token = 'the-token';

/** A console whose one page says who reads it and what they may do. */
function consoleOf(people: ReturnType<typeof fakePeople>, localUser: string | null) {
  const { doorkeeper } = fakePeople({ token, localUser });
  const sessions = createSessions({
    doorkeeper,
    sessions: people.sessions,
    token,
    namespace: 'n',
    clock: Date.now,
  });
  const app = new Hono<ConsoleEnv>();
  app.post('/login', async (c) => {
    await sessions.beginWithToken(c, token);
    return c.text('in');
  });
  app.use('*', sessions.require);
  app.get('/', (c) => c.json(c.get('person')));
  return app;
}

test('who came in as the local user is that no longer when none is declared any more', async () => {
  const people = fakePeople({ token });
  const before = consoleOf(people, 'ada');
  const answer = await before.request('/login', { method: 'POST' });
  const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  const look = async (app: typeof before) => await (await app.request('/', { headers: { cookie } })).json();

  expect(await look(before)).toMatchObject({ name: 'ada', grants: [{ role: 'admin' }] });
  const after = await look(consoleOf(people, null));
  expect(after).toMatchObject({ name: 'installation' });
  expect(JSON.stringify(after)).not.toContain('admin');
});
