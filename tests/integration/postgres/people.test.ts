import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
beforeAll(async () => {
  postgres = await startTestPostgres();
  db = await openTestDatabase(postgres.databaseUrl);
});
afterAll(async () => {
  await db?.close();
  await postgres?.stop();
});

const grants = [{ role: 'approver', model: 'm' }] as const;
const by = { by: 'bob', via: 'local' } as const;
const create = (expiresAt: string | null = null) =>
  db.stores.tokens.create({ name: 'ada', grants, expiresAt, ...by });

test('a token is found by its secret, which is kept nowhere; any other secret finds none', async () => {
  const { tokens } = db.stores;
  const { token, secret } = await create();
  expect(secret).toMatch(/^dlt_[0-9a-f]{12}_[\w-]{43}$/);
  expect(await tokens.find(secret)).toEqual(token);
  const last = secret.at(-1) === 'A' ? 'B' : 'A';
  for (const wrong of [`${secret.slice(0, -1)}${last}`, `${secret}A`, secret.slice(4), 'dlt_', '']) {
    expect(await tokens.find(wrong)).toBeNull();
  }
  const { rows } = await db.handle.pool.query<{ text: string }>(
    'select t::text as text from tokens t union all select a::text from audit a',
  );
  expect(rows.map(({ text }) => text).join()).not.toContain(secret.slice(17));
});

test('making and revoking a token is in the audit log, with who did it; revoking twice is once', async () => {
  const { tokens, audit } = db.stores;
  const { token } = await create();
  expect((await tokens.revoke(token.id, by)).revokedAt).not.toBeNull();
  const again = await tokens.revoke(token.id, { by: 'cleo', via: 'token' });
  expect(again.revokedAt).not.toBeNull();
  const told = (await audit.list({ limit: 100 })).filter(({ subject }) => subject === token.id);
  expect(told.map((row) => [row.action, row.by, row.via])).toEqual([
    ['create token', 'bob', 'local'],
    ['revoke token', 'bob', 'local'],
  ]);
  expect(told[0]!.details).toEqual({ name: 'ada', grants: 'approver of m', expires: null });
  await expect(tokens.revoke('000000000000', by)).rejects.toMatchObject({ code: 'DL_UNKNOWN_TOKEN' });
});

test('when it was last used is known, to the minute', async () => {
  const { tokens } = db.stores;
  const { token } = await create();
  await tokens.used(token.id);
  const first = (await tokens.get(token.id))!.lastUsedAt;
  expect(first).not.toBeNull();
  await tokens.used(token.id);
  expect((await tokens.get(token.id))!.lastUsedAt).toBe(first);
});

test('a session ends with its token, with its time, or when it is ended; its name is kept nowhere', async () => {
  const { tokens, sessions } = db.stores;
  const now = Date.now();
  const at = (ms: number) => new Date(now + ms).toISOString();
  const begin = async (name: string, tokenExpiresAt: string | null = null) => {
    const { token } = await create(tokenExpiresAt);
    const person = { name: 'ada', via: 'token', grants } as const;
    await sessions.begin(name, { person, tokenId: token.id, expiresAt: at(60_000) });
    return token;
  };
  const token = await begin('one');
  expect((await sessions.find('one', now))!.person).toEqual({ name: 'ada', via: 'token', grants });
  expect(await sessions.find('another', now)).toBeNull();
  expect(await sessions.find('one', now + 60_000)).toBeNull();
  await tokens.revoke(token.id, by);
  expect(await sessions.find('one', now)).toBeNull();

  await begin('two', at(1_000));
  expect(await sessions.find('two', now)).not.toBeNull();
  expect(await sessions.find('two', now + 1_000)).toBeNull();

  await begin('three');
  const ada = { name: 'ada', via: 'token' } as const;
  await sessions.end('three', ada);
  await sessions.end('three', ada);
  const written = await db.handle.pool.query<{ action: string; n: number }>(
    "select action, count(*)::int as n from audit where action in ('login', 'logout') group by 1 order by 1",
  );
  expect(written.rows).toEqual([
    { action: 'login', n: 3 },
    { action: 'logout', n: 1 },
  ]);
  expect(await sessions.find('three', now)).toBeNull();
  const { rows } = await db.handle.pool.query('select 1 from sessions where hash in ($1, $2)', [
    'one',
    'three',
  ]);
  expect(rows).toEqual([]);

  // What has been over for a day is forgotten when the next one begins.
  await db.handle.pool.query(
    "update sessions set ended_at = now() - interval '25 hours' where ended_at is not null",
  );
  await begin('four');
  const left = await db.handle.pool.query('select 1 from sessions where ended_at is not null');
  expect(left.rows).toEqual([]);
});
