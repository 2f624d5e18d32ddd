import { expect, test } from 'vitest';
import type { AuditRow } from '../../../domain/audit.ts';
import { createAuditCheck } from '../../../console/check-audit.ts';
import { consoleScene } from '../../fakes/console-scene.ts';
import type { ConsoleWorld } from '../../fakes/console-world.ts';

const as = (who: string) => ({ authorization: `Bearer ${who}`, accept: 'text/html' });
const get = async (world: ConsoleWorld, path: string, who = 'the-token') => {
  const answer = await world.app.request(path, { headers: as(who) });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const post = async (world: ConsoleWorld, path: string, fields: Record<string, string>, who = 'the-token') => {
  const answer = await world.app.request(path, {
    method: 'POST',
    headers: as(who),
    body: new URLSearchParams(fields),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const numbersIn = (html: string) => [...html.matchAll(/id="row-(\d+)"/g)].map(([, id]) => Number(id));

async function logged(rows: number): Promise<ConsoleWorld> {
  const world = consoleScene();
  for (let i = 0; i < rows; i += 1)
    await world.people.audit.append({
      action: i % 3 === 0 ? 'approve' : 'start',
      by: i % 2 === 0 ? 'ada' : 'bob',
      via: 'token',
      model: i % 5 === 0 ? 'meter-digits' : 'electricity-price',
      subject: `r-${i}`,
      because: 'a reason',
      refused: i % 10 === 9 ? 'DL_FORBIDDEN' : null,
    });
  return world;
}

test('a refusal says what was tried, and its reason stands apart from its code', async () => {
  const world = consoleScene();
  const entry = { by: 'ada', via: 'token', model: 'meter-digits', subject: 'r-1' } as const;
  await world.people.audit.append({ ...entry, action: 'access', refused: 'DL_REASON_NEEDED' });
  await world.people.audit.append({ ...entry, action: 'access', refused: 'DL_UNAUTHORISED' });
  await world.people.audit.append({
    ...entry,
    action: 'rollback drill',
    because: 'a drill',
    refused: 'DL_NO_EARLIER_CHAMPION',
  });
  const { text } = await get(world, '/audit');
  expect(text).toContain('asked for what needs a reason, and gave none, and was refused');
  expect(text).toContain('came to a door, and was refused');
  expect(text).toMatch(/a drill\s+<code>DL_NO_EARLIER_CHAMPION/);
});

test('the audit page says whether the log is whole, shows the newest fifty, and leads to older ones', async () => {
  const world = await logged(120);
  const first = await get(world, '/audit');
  expect(first.text).toContain('All 120 rows are as they were written.');
  expect(numbersIn(first.text)).toEqual(Array.from({ length: 50 }, (_, i) => 120 - i));
  const older = /href="(\/audit\?[^"]*before=71[^"]*)"/.exec(first.text)![1]!.replaceAll('&amp;', '&');
  expect(numbersIn((await get(world, older)).text)).toEqual(Array.from({ length: 50 }, (_, i) => 70 - i));
  const last = await get(world, '/audit?before=21');
  expect(numbersIn(last.text)).toHaveLength(20);
  expect(last.text).not.toContain('rel="next"');
});

test('it is filtered by model, person, what and outcome; a filter that finds nothing says how to go on', async () => {
  const world = await logged(40);
  const found = async (query: string) => numbersIn((await get(world, `/audit?${query}`)).text).length;
  expect(await found('model=meter-digits')).toBe(8);
  expect(await found('by=bob')).toBe(20);
  expect(await found('action=approve&by=ada')).toBe(7);
  expect(await found('refused=true')).toBe(4);
  expect((await get(world, '/audit?by=nobody-else')).text).toContain('Nothing here.');
});

test('a log that was tampered with is said in the lede', async () => {
  const world = await logged(30);
  const all = world.people.audit.all.bind(world.people.audit);
  world.people.audit.all = async function* () {
    for await (const row of all()) yield row.id === 12 ? { ...row, by: 'mallory' } : row;
  };
  const { text } = await get(world, '/audit');
  expect(text).toContain('The log is not as it was written: Row 12 is not as it was written.');
});

test('nobody waits for a long check: the page comes, and says that it goes on', async () => {
  let go: () => void = () => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  const rows: AuditRow[] = [];
  const check = createAuditCheck(
    {
      async *all() {
        await gate;
        yield* rows;
      },
    },
    () => 1,
  );
  expect(await check()).toBeNull();
  go();
  await expect.poll(check).toMatchObject({ found: { intact: true, rows: 0 } });
});

test('the export is one row a line, with the hashes, filtered as the page is', async () => {
  const world = await logged(25);
  const { headers, text } = await get(world, '/audit/export?by=ada');
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRow);
  expect(headers.get('content-type')).toContain('application/jsonl');
  expect(rows).toHaveLength(13);
  expect(rows.every(({ by, hash }) => by === 'ada' && hash.length === 64)).toBe(true);
});

test('who may read about one model is shown that one, and who may not is kept out', async () => {
  const world = await logged(20);
  world.people.give('cleo', 'approver', { model: 'meter-digits' });
  world.people.give('vic', 'viewer');
  expect((await get(world, '/', 'cleo')).text).toContain('href="/audit?model=meter-digits"');
  const { text } = await get(world, '/audit?model=meter-digits', 'cleo');
  expect((await get(world, '/audit', 'cleo')).status).toBe(403);
  expect(numbersIn(text).every((id) => (id - 1) % 5 === 0)).toBe(true);
  expect((await get(world, '/audit?model=electricity-price', 'cleo')).status).toBe(403);
  expect((await get(world, '/audit', 'vic')).status).toBe(403);
  expect((await get(world, '/', 'vic')).text).not.toContain('href="/audit"');
});

test('a token is made with a role, a model and an end; its secret is shown once, and in nothing that is kept', async () => {
  const world = consoleScene();
  expect((await get(world, '/settings')).text).toContain('Nobody has a token yet.');
  const wish = { name: 'cleo', role: 'approver', model: 'meter-digits', expires: '30d' };
  const made = await post(world, '/settings/tokens', wish);
  expect(made.status).toBe(200);
  expect(made.headers.get('cache-control')).toBe('no-store');
  expect(made.text).toContain('is kept nowhere and is not shown again');
  expect(world.people.tokens.get('cleo')).toMatchObject({
    grants: [{ role: 'approver', model: 'meter-digits' }],
    expiresAt: new Date(world.time.now + 30 * 86_400_000).toISOString(),
    createdBy: 'ada',
  });
  const again = await get(world, '/settings');
  expect(again.text).toContain('1 token lets 1 person or program in.');
  expect(again.text).not.toContain('not shown again.</h2>');
  expect((await post(world, '/settings/tokens/id-of-cleo/revoke', {})).status).toBe(303);
  expect((await get(world, '/settings')).text).toContain('revoked');
  expect(world.people.audited.map(({ action }) => action)).toEqual(['create token', 'revoke token']);
});

test('a wish that is none is said on the page, and no token is made', async () => {
  const world = consoleScene();
  const bad = async (change: object) => {
    const wish = { name: 'cleo', role: 'viewer', model: '*', expires: '1d', ...change };
    return (await post(world, '/settings/tokens', wish)).status;
  };
  expect([
    await bad({ name: 'driftloop' }),
    await bad({ role: 'king' }),
    await bad({ model: 'none' }),
  ]).toEqual([400, 400, 404]);
  expect((await post(world, '/settings/tokens/none/revoke', {})).status).toBe(404);
  expect(world.people.tokens.size).toBe(0);
});

test('who may not make tokens sees who they are, the roles and the installation, and no tokens', async () => {
  const world = consoleScene();
  world.people.give('vic', 'viewer');
  const { status, text } = await get(world, '/settings', 'vic');
  expect(status).toBe(200);
  expect(text).toContain('You are vic, viewer.');
  expect(text).toContain('approve and reject');
  expect(text).not.toContain('id-of-vic');
  expect((await post(world, '/settings/tokens', { name: 'x' }, 'vic')).status).toBe(403);
});

test('what the doctor finds is said: all well, or what is away and what to type, for who looks after it', async () => {
  const world = consoleScene();
  expect((await get(world, '/settings')).text).toContain('All is well: every part is there');
  const [postgres] = world.examined.parts;
  world.examined.healthy = false;
  world.examined.parts = [
    {
      ...postgres!,
      healthy: false,
      problem: { message: 'PostgreSQL does not answer: connection refused.' },
      fix: 'Start what should answer at `db:5432`.',
    },
  ];
  world.examined.environment = [
    { code: 'DL_X', message: 'DRIFTLOOP_TOKEN is too short.', fix: 'Make it longer.' },
  ];
  // Not asked again for each reader.
  expect((await get(world, '/settings')).text).toContain('All is well');
  world.time.now += 60_000;
  const { text } = await get(world, '/settings');
  expect(text).toContain('Not well: PostgreSQL. 1 variable cannot be right.');
  expect(text).toContain(
    'PostgreSQL does not answer: connection refused. Start what should answer at <code>db:5432</code>',
  );
  expect(text).toContain('DRIFTLOOP_TOKEN is too short.');
  world.people.give('vic', 'viewer');
  const seen = (await get(world, '/settings', 'vic')).text;
  expect(seen).toContain('connection refused');
  expect(seen).not.toContain('postgresql:1234');
  expect(seen).not.toContain('Start what should answer');
});

test('nobody waits for a doctor who takes long: the page comes, and says that every part is being asked', async () => {
  const world = consoleScene();
  let answer: () => void = () => {};
  world.examined.wait = new Promise((resolve) => (answer = resolve));
  expect((await get(world, '/settings')).text).toContain('Every part is being asked.');
  answer();
  await world.examined.wait;
  expect((await get(world, '/settings')).text).toContain('All is well');
});

test('where the rail has no room, the foot of each page leads to every section that its reader has, and out', async () => {
  const world = consoleScene();
  world.people.give('vic', 'viewer');
  const foot = async (who?: string) => {
    const { text } = await get(world, '/models/electricity-price', who);
    return /<footer class="more">(.*?)<\/footer>/s.exec(text)![1]!;
  };
  const sections = (html: string) => [...html.matchAll(/href="([^"]+)"/g)].map(([, to]) => to);
  const all = ['/', '/approve', '/rollouts', '/teach', '/audit', '/settings'];
  expect(sections(await foot())).toEqual(all);
  expect(await foot()).toContain('action="/logout"');
  expect(sections(await foot('vic'))).toEqual(all.filter((to) => to !== '/audit'));
});
