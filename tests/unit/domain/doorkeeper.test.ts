import { expect, test } from 'vitest';
import { bearerOf } from '../../../domain/doorkeeper.ts';
import { everyModel } from '../../../domain/person.ts';
import { caughtAsync } from '../../support/caught.ts';
import { fakePeople } from '../../fakes/people.ts';

test("the installation's own token gives and reports, and neither starts nor decides", async () => {
  const { doorkeeper } = fakePeople({ localUser: null });
  const { person, tokenId } = await doorkeeper.recognise('the-token');
  expect([person.name, tokenId]).toEqual(['installation', null]);
  await doorkeeper.admit(person, 'predict', 'm');
  await doorkeeper.admit(person, 'alert', everyModel);
  for (const right of ['start', 'decide', 'pause', 'apply'] as const)
    expect((await caughtAsync(() => doorkeeper.admit(person, right, 'm'))).code).toBe('DL_FORBIDDEN');
});

test('in dev it is one local user, who may do everything', async () => {
  const { doorkeeper } = fakePeople({ localUser: 'ada' });
  const { person } = await doorkeeper.recognise('the-token');
  expect(person).toMatchObject({ name: 'ada', via: 'local' });
  await doorkeeper.admit(person, 'people', everyModel);
});

test('a token that is unknown, expired or revoked is refused, each by its code and in the audit log', async () => {
  const now = Date.parse('2026-03-02T00:00:00.000Z');
  const { doorkeeper, give, audited } = fakePeople({ clock: () => now });
  give('eve', 'admin', { expiresAt: '2026-03-02T00:00:00.000Z' });
  give('rex', 'admin', { revokedAt: '2026-03-01T00:00:00.000Z' });
  give('ned', 'admin', { expiresAt: '2026-03-02T00:00:00.001Z' });
  expect((await doorkeeper.recognise('ned')).person.name).toBe('ned');
  const codes = [];
  for (const secret of ['nobody-has-this', 'eve', 'rex'])
    codes.push((await caughtAsync(() => doorkeeper.recognise(secret))).code);
  expect(codes).toEqual(['DL_UNAUTHORISED', 'DL_TOKEN_EXPIRED', 'DL_TOKEN_REVOKED']);
  expect(audited).toMatchObject([
    { action: 'access', by: 'nobody', refused: 'DL_UNAUTHORISED' },
    { action: 'access', by: 'eve', subject: 'id-of-eve', refused: 'DL_TOKEN_EXPIRED' },
    { action: 'access', by: 'rex', subject: 'id-of-rex', refused: 'DL_TOKEN_REVOKED' },
  ]);
  expect(JSON.stringify(audited)).not.toContain('nobody-has-this');
});

test('the same refusal again and again is one row a minute, which says how many there were', async () => {
  let now = 0;
  const { doorkeeper, give, audited } = fakePeople({ clock: () => now });
  give('vic', 'viewer', { model: 'churn' });
  const { person } = await doorkeeper.recognise('vic');
  const tryIt = async (model: string) =>
    (await caughtAsync(() => doorkeeper.admit(person, 'decide', model))).code;
  for (let i = 0; i < 50; i += 1) await tryIt('churn');
  expect(audited).toMatchObject([{ by: 'vic', model: 'churn', subject: 'decide', refused: 'DL_FORBIDDEN' }]);
  now += 60_000;
  await tryIt('churn');
  expect(audited[1]).toMatchObject({ details: { untold: 49 } });
  // Names of models that are made up make no rows without end either.
  for (let i = 0; i < 1_000; i += 1) await tryIt(`model-${i}`);
  expect(audited.length).toBeLessThan(110);
});

test('what is refused is refused even where it cannot be written down', async () => {
  const people = fakePeople();
  people.audit.append = () => Promise.reject(new Error('the database is away'));
  expect((await caughtAsync(() => people.doorkeeper.recognise('wrong'))).code).toBe('DL_UNAUTHORISED');
});

test('a revoked token is heard no longer than it is remembered; while nobody can look, those who were known go on', async () => {
  let now = 0;
  const { doorkeeper, give, state } = fakePeople({ clock: () => now, rememberMs: 10_000 });
  give('cleo', 'client', { expiresAt: new Date(60_000).toISOString() });
  await doorkeeper.recognise('cleo');
  give('cleo', 'client', { revokedAt: new Date(1).toISOString() });
  now = 9_999;
  await doorkeeper.recognise('cleo');
  now = 10_000;
  expect((await caughtAsync(() => doorkeeper.recognise('cleo'))).code).toBe('DL_TOKEN_REVOKED');

  give('dan', 'client', { expiresAt: new Date(60_000).toISOString() });
  await doorkeeper.recognise('dan');
  state.problem = new Error('the database is away');
  now = 59_999;
  await doorkeeper.recognise('dan');
  now = 60_000;
  expect((await caughtAsync(() => doorkeeper.recognise('dan'))).code).toBe('DL_TOKEN_EXPIRED');
  expect(await caughtAsync(() => doorkeeper.recognise('someone'))).toMatchObject({
    code: 'DL_POSTGRES_UNREACHABLE',
    status: 503,
  });
});

test('many requests at once are one question to the store, while it answers and while it does not', async () => {
  let now = 0;
  const { doorkeeper, give, state } = fakePeople({ clock: () => now, rememberMs: 10_000 });
  give('dan', 'client');
  const many = () => Promise.all(Array.from({ length: 50 }, () => doorkeeper.recognise('dan')));
  await many();
  expect(state.looked).toBe(1);
  state.problem = new Error('the database is away');
  now = 10_000;
  await many();
  await many();
  expect(state.looked).toBe(2);
  now = 20_000;
  await many();
  expect(state.looked).toBe(3);
});

test.each([
  ['Bearer abc', 'abc'],
  ['bearer  abc', 'abc'],
  ['Bearer', undefined],
  ['Bearer a b', undefined],
  ['Basic abc', undefined],
  [undefined, undefined],
])('the token of %s is %s', (header, token) => {
  expect(bearerOf(header)).toBe(token);
});
