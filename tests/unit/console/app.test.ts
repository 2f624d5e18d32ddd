import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { assets } from '../../../console/assets.ts';
import { localPath } from '../../../console/local-path.ts';
import type { ModelView } from '../../../console/model-view.ts';
import type { Approval } from '../../../domain/approval.ts';
import { DriftloopError } from '../../../domain/errors.ts';
import { consoleScene } from '../../fakes/console-scene.ts';
import { consoleWorld } from '../../fakes/console-world.ts';
import type { ConsoleWorld } from '../../fakes/console-world.ts';

const waitingRun = '0193a1c2-41';
let world: ConsoleWorld;
beforeEach(() => {
  world = consoleScene();
});

const bearer = { authorization: 'Bearer the-token' };
const html = { accept: 'text/html,application/xhtml+xml' };
const get = async (path: string, headers: Record<string, string> = {}) =>
  world.app.request(path, { headers });

/** A browser that has opened the address which `dev` prints. */
async function browser() {
  const entered = await get('/?token=the-token', html);
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  const page = async (path: string) => {
    const answer = await get(path, { ...html, cookie });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const csrf = /name="csrf" value="([^"]+)"/.exec((await page('/models/electricity-price')).text)![1]!;
  const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const answer = await world.app.request(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { ...html, cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
  };
  return { cookie, csrf, page, post };
}

describe('the way in', () => {
  test('an address with the token gives a cookie that scripts and other sites cannot use, and loses the token', async () => {
    const answer = await get('/models/churn-risk?token=the-token&range=24h', html);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/models/churn-risk?range=24h']);
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    expect(answer.headers.get('set-cookie')).not.toContain('the-token');
  });

  test('behind TLS the cookie never goes out without it, however many proxies stand before the console', async () => {
    const cookieBy = async (proto: string) =>
      (await get('/?token=the-token', { ...html, 'x-forwarded-proto': proto })).headers.get('set-cookie');
    for (const proto of ['https', 'https, http']) expect(await cookieBy(proto)).toMatch(/; Secure/);
    expect(await cookieBy('http, https')).not.toMatch(/; Secure/);
  });

  test('no other site logs a reader in with a token of its choice', async () => {
    const fromElsewhere = { ...html, 'sec-fetch-site': 'cross-site' };
    expect((await get('/?token=the-token', fromElsewhere)).status).toBe(403);
    const form = {
      method: 'POST',
      body: new URLSearchParams({ token: 'the-token' }),
      headers: fromElsewhere,
    };
    const answer = await world.app.request('/login', form);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
  });

  test('without it a person gets the login page and a program gets JSON', async () => {
    const page = await get('/models/churn-risk', html);
    expect(page.status).toBe(401);
    expect(await page.text()).toContain('This console asks who you are.');
    const answer = await get('/api/models');
    expect([answer.status, await answer.json()]).toMatchObject([401, { error: { code: 'DL_UNAUTHORISED' } }]);
  });

  test.each(['Bearer wrong', 'Bearer the-token-and-more', 'Bearer the-toke'])(
    '%s is refused',
    async (authorization) => {
      expect((await get('/api/models', { authorization })).status).toBe(401);
    },
  );

  test('a cookie of another token, a changed one and an old one are refused', async () => {
    const { cookie } = await browser();
    expect((await get('/api/models', { cookie })).status).toBe(200);
    expect((await get('/api/models', { cookie: `${cookie.slice(0, -2)}xx` })).status).toBe(401);
    world.time.now += 8 * 86_400_000;
    expect((await get('/api/models', { cookie })).status).toBe(401);
  });

  test('the form of the login page leads to where the reader wanted to go, and nowhere else', async () => {
    const login = (fields: Record<string, string>) =>
      world.app.request('/login', { method: 'POST', body: new URLSearchParams(fields), headers: html });
    const good = await login({ token: 'the-token', to: '/models/churn-risk' });
    expect([good.status, good.headers.get('location')]).toEqual([303, '/models/churn-risk']);
    expect((await login({ token: 'wrong', to: '/' })).status).toBe(401);
    for (const to of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/\t/evil.example',
      '/.//evil.example',
      '/x/..//evil.example',
      '/%2e//evil.example',
    ])
      expect(localPath(to)).toMatch(/^\/(?!\/)/);
    expect(new URL(localPath('/\t/evil.example'), 'http://here').host).toBe('here');
  });

  test('a link from another site to a path that begins like a host goes on here and not there', async () => {
    const answer = await get('http://here//evil.example/x', { ...html, 'sec-fetch-site': 'cross-site' });
    expect(await answer.text()).toContain('content="0;url=/"');
  });

  test('nobody goes on as whom a link has chosen: a token in an address that is led to is left out', () => {
    expect(localPath('/?token=of-another')).toBe('/');
    expect(localPath('/models/churn-risk?range=24h&token=of-another&token=x')).toBe(
      '/models/churn-risk?range=24h',
    );
    expect(localPath('/runs/r1?q=a%20b')).toBe('/runs/r1?q=a%20b');
  });

  test('a link from another site goes on by itself, so that a strict cookie is sent', async () => {
    const answer = await get('/models/churn-risk?range=24h', { ...html, 'sec-fetch-site': 'cross-site' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(
      '<meta http-equiv="refresh" content="0;url=/models/churn-risk?range=24h"/>',
    );
  });

  test('pages may load nothing from elsewhere and stand in no frame', async () => {
    const { page } = await browser();
    const { headers } = await page('/');
    expect(headers.get('content-security-policy')).toMatch("default-src 'none'");
    expect(headers.get('content-security-policy')).toMatch("frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('health, readiness and metrics are open; not ready without the stores', async () => {
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toContain(
      'driftloop_console_requests_total{code="200",namespace="default"}',
    );
    world.problems.stores = new Error('connect ECONNREFUSED');
    expect((await get('/readyz')).status).toBe(503);
  });

  test('Alertmanager comes in by its own door', async () => {
    expect((await world.app.request('/alerts', { method: 'POST', body: '{}' })).status).toBe(401);
  });
});

describe('a decision', () => {
  const boundTo = JSON.stringify(consoleWorld().approval.boundTo);
  const decide = `/runs/${waitingRun}/decide`;
  const approve = `/runs/${waitingRun}/approve`;

  test('is asked for with what it sets in motion, and taken with its reason', async () => {
    const { page, post, csrf } = await browser();
    const { text } = await page('/models/electricity-price');
    expect(text).toContain('Replace v12 by v13?');
    expect(text).toContain(
      'If you approve, v13 takes 10 % of requests for 10 min, and all of them if nothing looks worse.',
    );
    expect(text).toContain('Rejects itself Wed 25 Nov, 03:12');
    expect(text).toContain(`href="${approve}"`);
    const answer = await post(decide, {
      csrf,
      kind: 'approve',
      reason: 'Looks right.',
      by: 'not ada',
      boundTo,
    });
    expect([answer.status, answer.location]).toEqual([303, approve]);
    expect(world.said).toEqual([['approve', waitingRun, { by: 'ada', reason: 'Looks right.' }]]);
    expect((await page('/models/electricity-price')).text).not.toContain('Replace v12 by v13?');
  });

  test('is never taken by a GET, without a CSRF token, or with that of another session', async () => {
    const { page, post, csrf } = await browser();
    const other = await browser();
    expect((await page(`${decide}?kind=approve`)).status).toBe(404);
    for (const fields of [
      { kind: 'approve' },
      { kind: 'approve', csrf: '' },
      { kind: 'approve', csrf: other.csrf },
    ])
      expect((await post(decide, fields)).status).toBe(403);
    expect((await post(`/api/runs/${waitingRun}/approve`, {})).status).toBe(403);
    expect(csrf).not.toBe(other.csrf);
    expect(world.said).toEqual([]);
    expect(
      world.people.audited
        .filter(({ refused }) => refused === 'DL_CSRF')
        .map(({ action, by, subject }) => [action, by, subject]),
    ).toEqual([
      ['access', 'ada', decide],
      ['access', 'ada', `/api/runs/${waitingRun}/approve`],
    ]);
  });

  test('needs a reason to reject, and says so on the page', async () => {
    const { post, csrf } = await browser();
    const answer = await post(decide, { csrf, kind: 'reject', reason: '  ' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('A rejection needs a reason.');
    expect(answer.text).toContain('DL_REASON_NEEDED');
    expect(world.people.audited).toContainEqual(
      expect.objectContaining({ by: 'ada', subject: waitingRun, refused: 'DL_REASON_NEEDED' }),
    );
    await post(decide, { csrf, kind: 'reject', reason: 'Prices come back on Monday.' });
    expect(world.said).toEqual([
      ['reject', waitingRun, { by: 'ada', reason: 'Prices come back on Monday.' }],
    ]);
  });

  test('that comes too late is refused', async () => {
    const { post, csrf } = await browser();
    await post(decide, { csrf, kind: 'approve', boundTo });
    const late = await post(decide, { csrf, kind: 'reject', reason: 'no' });
    expect(late.status).toBe(409);
    expect(world.said).toHaveLength(1);
    expect(world.people.audited).toContainEqual(
      expect.objectContaining({ by: 'ada', subject: waitingRun, refused: 'DL_RUN_NOT_WAITING' }),
    );
  });

  test('can be taken by a program on what it has read, in the name of its token whatever the body says', async () => {
    world.people.give('chat-bot', 'approver', { model: 'electricity-price' });
    const authorization = 'Bearer chat-bot';
    const send = (given: object) =>
      world.app.request(`/api/runs/${waitingRun}/approve`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ by: 'ada', reason: 'green', ...given }),
      });
    expect((await send({})).status).toBe(400);
    const read = await (await get(`/api/runs/${waitingRun}`, { authorization })).json();
    const { approval } = read as { approval: Approval };
    const answer = await send({ boundTo: approval.boundTo });
    expect(await answer.json()).toEqual({ decided: 'approve', runId: waitingRun });
    expect(world.said).toEqual([['approve', waitingRun, { by: 'chat-bot', reason: 'green' }]]);
  });

  test('against the gate is an admin’s, needs a reason, and is noted where it comes too late', async () => {
    const force = `/api/runs/${waitingRun}/force`;
    const asked = (body: object, headers: Record<string, string> = bearer) =>
      world.app.request(force, { method: 'POST', headers, body: JSON.stringify(body) });
    world.people.give('vera', 'approver', { model: 'electricity-price' });
    expect((await asked({ reason: 'now' }, { authorization: 'Bearer vera' })).status).toBe(403);
    expect((await asked({})).status).toBe(400);
    expect((await asked({ reason: 'the champion is down' })).status).toBe(200);
    expect(world.said).toEqual([
      ['force', waitingRun, { by: 'ada', via: 'local', reason: 'the champion is down' }],
    ]);
  });

  test('is read with what it is made on, and until when, by the person beside it', async () => {
    const { page } = await browser();
    const { text } = await page(approve);
    const words = text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    for (const said of [
      'v13 is right 85 times in 100, v12 now 74. No group of cases got clearly worse.',
      'v13 learnt from 3,520 cases from after the change, and 800 from before so that it does not forget; 392 more said when to stop.',
      'Both versions answered 1,482 cases neither had seen. v13 was right on 159 more.',
      'Few cases where period is price spike (88 cases).',
      'Of 1,482 cases tested, 55 that were right would now be wrong.',
      'No clear harm',
      '214 fixed, 55 broken.',
      'This case has been erased.',
      'One approval is enough. The run was started by the model’s own monitor.',
    ])
      expect(words).toContain(said);
    expect(text).toContain('name="boundTo"');
    const { text: all } = await page('/approve');
    expect(all).toContain('One decision waits for you.');
    world.rows.runs.find(({ id }) => id === waitingRun)!.phase = 'rollout';
    world.time.now += 6_000;
    expect((await page(approve)).text).not.toContain('name="boundTo"');
    expect((await page('/approve')).text).toContain('Nothing waits for you.');
  });

  test('is void where what it was made on has changed since: the page says what', async () => {
    const { page } = await browser();
    const { boundTo } = world.approval;
    const then = { kind: 'approve' as const, by: 'ada', roles: ['approver' as const], reason: 'fine' };
    world.approval.decisions = [
      { ...then, at: '2026-11-24T07:00:00.000Z', boundTo: { ...boundTo, test: 'test-40' } },
    ];
    world.approval.since = { ...world.approval.since, test: '2026-11-24T04:31:00.000Z' };
    const { text } = await page(approve);
    expect(text).toContain('This approval is void: the test set changed at 04:31.');
    expect(text).toContain('Read the new report.');
  });

  test('made on a report that has changed since is void, and says so', async () => {
    const { post, csrf } = await browser();
    const then = JSON.stringify({ ...world.approval.boundTo, policy: 'policy-1' });
    const answer = await post(decide, { csrf, kind: 'approve', boundTo: then });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('This approval is void: the policy changed.');
    expect(world.said).toEqual([]);
  });
});

test('a run can be asked for, and the kill switch pulled and released', async () => {
  const { post, csrf, page } = await browser();
  expect((await post('/models/churn-risk/runs', { csrf, reason: 'New meters.', by: 'ada' })).location).toBe(
    '/models/churn-risk#runs',
  );
  await post('/models/churn-risk/pause', { csrf });
  const paused = await page('/models/churn-risk');
  expect(paused.text).toContain('Resume retraining');
  await post('/models/churn-risk/resume', { csrf });
  expect(world.said.map(([verb, subject]) => [verb, subject])).toEqual([
    ['start', 'churn-risk'],
    ['pause', 'churn-risk'],
    ['resume', 'churn-risk'],
  ]);
});

test('what the loop refuses is said on the page with its fix', async () => {
  const { post, csrf } = await browser();
  world.problems.loop = new DriftloopError('DL_RUN_IN_FLIGHT', 'A run of churn-risk is under way.', {
    fix: 'Wait for it.',
    status: 409,
  });
  const answer = await post('/models/churn-risk/runs', { csrf });
  expect(answer.status).toBe(409);
  expect(answer.text).toContain('A run of churn-risk is under way.');
  expect(answer.text).toContain('Wait for it.');
});

describe('the pages', () => {
  test('the fleet begins with what needs the reader', async () => {
    const { page } = await browser();
    const { text } = await page('/');
    expect(text).toContain('One decision waits for you. electricity-price is getting worse.');
    const order = [...text.matchAll(/data-row[^>]*>([a-z-]+)</g)].map((m) => m[1]);
    expect(order[0]).toBe('electricity-price');
    expect(order).toHaveLength(5);
  });

  test('a model says since when, how bad and why, and draws it three times for three widths', async () => {
    const { page } = await browser();
    const { text } = await page('/models/electricity-price');
    expect(text).toContain(
      'Worse since Tue 17 Nov, 14:20. Accuracy fell from .86 to .74; v13 is ready and waits for approval.',
    );
    expect(text).toContain('nswprice and transfer moved a lot, vicprice a little, the rest not at all.');
    expect(text.match(/data-chart=/g)).toHaveLength(3);
    expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/);
    expect(text).not.toMatch(/ style="/);
  });

  test('every page stands without a figure that it does not have', async () => {
    const { page } = await browser();
    for (const model of ['churn-risk', 'support-intents', 'meter-digits', 'fraud-score']) {
      const { status, text } = await page(`/models/${model}`);
      expect(status).toBe(200);
      expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/);
    }
    expect((await page('/models/churn-risk')).text).toContain('1,204 predictions, no labels yet.');
  });

  test('without Prometheus the stored history is still there', async () => {
    const { page } = await browser();
    world.metrics.state.problem = 'connect ECONNREFUSED';
    world.time.now += 10_000;
    const { status, text } = await page('/models/electricity-price');
    expect(status).toBe(200);
    expect(text).toContain('Prometheus does not answer, so there are no live figures.');
    expect(text).toContain('v12 answers everything since Thu 12 Nov, 03:20.');
    expect(text).toContain('DL_PROMETHEUS_UNREACHABLE');
  });

  test('an empty fleet says what to type', async () => {
    world = consoleWorld();
    const entered = await get('/?token=the-token', html);
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
    const text = await (await get('/', { ...html, cookie })).text();
    expect(text).toContain('No models yet.');
    expect(text).toContain('<code>driftloop apply</code>');
  });

  test('an unknown model is a page of its own, and JSON for programs', async () => {
    const { page } = await browser();
    const unknown = await page('/models/metre');
    expect(unknown.status).toBe(404);
    expect(unknown.text).toContain('There is no model &quot;metre&quot;.');
    const answer = await get('/api/models/metre', bearer);
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { error: { code: 'DL_UNKNOWN_MODEL' } },
    ]);
  });

  test('a bug is answered without its insides', async () => {
    const { page } = await browser();
    world.problems.stores = new TypeError('secret detail');
    world.time.now += 10_000;
    const { status, text } = await page('/');
    expect(status).toBe(500);
    expect(text).not.toContain('secret');
    expect(world.logged).toHaveLength(1);
  });

  test('a training that goes on after an interruption says from where', async () => {
    Object.assign(
      world.rows.runs.find(({ id }) => id === waitingRun)!,
      {
        phase: 'fine-tuning',
        endedAt: null,
        progress: {
          step: 1_300,
          steps: 4_000,
          epoch: 3,
          trainLoss: 0.4,
          validationLoss: 0.5,
          backend: 'tensorflow-cpu',
          resumedAtStep: 1_200,
        },
      },
    );
    const { page } = await browser();
    const { text } = await page('/models/electricity-price');
    expect(text).toMatch(/step 1,300\s+of 4,000, resumed at step 1,200, validation loss/);
  });

  test('text from data is text, never markup', async () => {
    const { page } = await browser();
    world.rows.runs[0]!.trigger.reason = '<script>alert(1)</script>';
    world.rows.alerts[0]!.annotations = { sentence: '<img src=x onerror=alert(1)>' };
    // The look that was kept from another reader is over.
    world.time.now += 10_000;
    const { text } = await page('/models/electricity-price');
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('<img src=x');
    expect(text).toContain('&lt;script&gt;alert(1)');
  });

  test('the same page again is not sent again', async () => {
    const { cookie } = await browser();
    const first = await get('/models/meter-digits', { ...html, cookie });
    const again = await get('/models/meter-digits', {
      ...html,
      cookie,
      'if-none-match': first.headers.get('etag')!,
    });
    expect(again.status).toBe(304);
  });

  test('many readers are one look at Prometheus', async () => {
    const { page } = await browser();
    world.time.now += 10_000;
    await page('/models/electricity-price');
    const asked = world.metrics.state.asked.length;
    await Promise.all([page('/models/electricity-price'), page('/models/electricity-price')]);
    expect(world.metrics.state.asked.length).toBe(asked);
  });

  test('times are written for the clock of the reader', async () => {
    const { cookie } = await browser();
    const text = await (
      await get('/models/electricity-price', { ...html, cookie: `${cookie}; driftloop_zone=Europe%2FBerlin` })
    ).text();
    expect(text).toContain('Worse since Tue 17 Nov, 15:20.');
    expect(text).toContain('title="2026-11-18 03:20:00 UTC"');
  });
});

describe('the JSON API', () => {
  test('says what the pages say', async () => {
    const { models } = (await (await get('/api/models', bearer)).json()) as { models: ModelView[] };
    expect(models.map((m) => [m.name, m.health.word])).toEqual([
      ['churn-risk', 'unknown'],
      ['electricity-price', 'worse'],
      ['fraud-score', 'steady'],
      ['meter-digits', 'steady'],
      ['support-intents', 'steady'],
    ]);
    const view = (await (await get('/api/models/electricity-price', bearer)).json()) as ModelView;
    expect(view).toMatchObject({
      champion: { version: 'v12' },
      challenger: { version: 'v13', share: 0.1 },
      labelled: 15_204,
      live: { state: 'answers', price: 50 },
      health: { word: 'worse', since: '2026-11-17T14:20:00.000Z' },
    });
    const { history } = (await (
      await get('/api/models/electricity-price/history?range=24h', bearer)
    ).json()) as {
      history: { accuracy: { points: unknown[] }[] };
    };
    expect(history.accuracy.every(({ points }) => points.length > 10)).toBe(true);
  });

  test('a run comes with its story and its deadline', async () => {
    const run = await (await get(`/api/runs/${waitingRun}`, bearer)).json();
    expect(run).toMatchObject({
      id: waitingRun,
      phase: 'waiting-for-approval',
      waitsSince: '2026-11-24T03:12:00.000Z',
      asked: { about: 'promotion', until: '2026-11-25T03:12:00.000Z', onTimeout: 'reject' },
      evaluations: [{ look: 3, challenger: 'v13' }],
    });
    expect((run as { story: unknown[] }).story).toHaveLength(9);
    expect((await get('/api/runs/none', bearer)).status).toBe(404);
  });

  test('a run is begun and a bad body is refused', async () => {
    const post = (body: string) =>
      world.app.request('/api/models/churn-risk/runs', { method: 'POST', headers: bearer, body });
    const started = await post('');
    expect([started.status, await started.json()]).toEqual([202, { runId: 'run-new' }]);
    expect(world.said).toEqual([
      ['start', 'churn-risk', { by: 'ada', via: 'local', reason: 'asked for by ada' }],
    ]);
    expect((await post('{')).status).toBe(400);
    expect((await post('{"reason": 7}')).status).toBe(400);
  });
});

test('the budget holds: CSS under 12 kB, own scripts under 15 kB, the library of charts under 25 kB, gzipped', () => {
  const size = (names: RegExp) =>
    [...assets]
      .filter(([name]) => names.test(name))
      .reduce((sum, [, { body }]) => sum + gzipSync(body).length, 0);
  expect(size(/^(?!uplot).*\.css$/)).toBeLessThan(12_000);
  expect(size(/^(?!uplot).*\.js$/)).toBeLessThan(15_000);
  expect(size(/^uplot/)).toBeLessThan(25_000);
});

test('nothing comes from elsewhere', () => {
  for (const [name, { body }] of assets)
    if (!name.startsWith('uplot'))
      expect(body).not.toMatch(/@import|@font-face|url\(|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
});

test('a budget that is spent is said where runs are, and to programs', async () => {
  const { config } = world.rows.models.find((m) => m.config.name === 'churn-risk')!;
  config.retrain.budget = { gpuMinutesPerMonth: 10 };
  world.rows.trained.set('churn-risk', { seconds: 590, latestSeconds: 60 });
  const said =
    'The budget is spent: 9.8 of 10 minutes were trained in the last 30 days, and the next training would take about 1.';
  const { page } = await browser();
  expect((await page('/models/churn-risk')).text).toContain(said);
  const answer = (await (await get('/api/models/churn-risk', bearer)).json()) as ModelView;
  expect(answer.budget).toMatchObject({ isSpent: true, sentence: said });
});

test('a budget of false alarms that cannot be verified yet is said where alerts are, and to programs', async () => {
  const budget = { falseAlarmsPerMonth: 1, isVerified: false, months: 0.4, monthsNeeded: 1 };
  world.rows.alarmBudgets.set('churn-risk', budget);
  const said =
    'The budget of 1 false alarm a month cannot be verified yet: there are 0.4 months of history, and it takes 1 month; until then the bound is cautious.';
  const { page } = await browser();
  expect((await page('/models/churn-risk')).text).toContain(said);
  const answer = (await (await get('/api/models/churn-risk', bearer)).json()) as ModelView;
  expect(answer.alarmBudget).toEqual({ ...budget, sentence: said });
});

test('a session of one namespace is none of another, whose console has the same host and even the same token', async () => {
  const { cookie } = await browser();
  const staging = consoleWorld({ namespace: 'staging' });
  expect((await get('/', { ...html, cookie })).status).toBe(200);
  const asIt = cookie.replace('driftloop_session_default', 'driftloop_session_staging');
  for (const given of [cookie, asIt])
    expect((await staging.app.request('/', { headers: { ...html, cookie: given } })).status).toBe(401);
  const entered = await staging.app.request('/?token=the-token', { headers: html });
  expect(entered.headers.get('set-cookie')).toMatch(/^driftloop_session_staging=/);
});

test('a model shows its declared slices, the worst first, and how long labels take', async () => {
  const page = async () => (await get('/models/electricity-price', { ...html, ...bearer })).text();
  const text = await page();
  expect(text).toContain('Worst where <code>day</code> is 3: .580 [.515, .644] of 222 labels were right');
  const rows = /id="slices".*?<tbody>(.*?)<\/tbody>/s.exec(text)![1]!;
  expect([...rows.matchAll(/<code>day<\/code> (\w+)/g)].map(([, value]) => value)).toEqual([
    '3',
    '2',
    '1',
    'missing',
  ]);
  expect(text.replaceAll('\u00A0', ' ')).toContain(
    'Of the newest 2,000 labels, half came within 6 h 12 min of their prediction',
  );
  const other = await get('/models/meter-digits', { ...html, ...bearer });
  expect(await other.text()).not.toContain('<h2>Slices');
  world.metrics.series.length = 0;
  world.time.now += 6_000;
  expect(await page()).toContain('Nothing by slice yet.');
});

test('a young fleet names the period that its lines show, and a short training is not called none', async () => {
  const words = async () =>
    (await (await get('/', { ...html, ...bearer })).text()).replaceAll(/<[^>]+>/g, '');
  expect(await words()).toContain('Accuracy, 14 days');
  world = consoleScene();
  const born = new Date(world.time.now - 3 * 3_600_000).toISOString();
  world.rows.versions = world.rows.versions.map((version) => ({ ...version, createdAt: born }));
  world.rows.trained.set('churn-risk', { seconds: 2, latestSeconds: 2 });
  const young = await words();
  expect(young).toContain('Accuracy, 3 hours');
  expect(young).toContain('under 1 min');
});

test('accuracy as happened stands beside its label coverage, also while Prometheus is silent; without labels it is not there', async () => {
  const page = async () => (await get('/models/electricity-price', { ...html, ...bearer })).text();
  expect(await page()).not.toContain('Accuracy as happened');
  world = consoleScene();
  const step = { version: 'v1', predictions: 400 };
  const now = Date.now();
  world.rows.happened.push(
    { ...step, startsAtMs: now - 7_200_000, labelled: 300, correct: 240 },
    { ...step, startsAtMs: now - 3_600_000, labelled: 100, correct: 90 },
  );
  const text = await page();
  expect(text).toContain('Of 800 predictions made in the last');
  expect(text).toContain('50 % have a label by now, and .825 of those were right.');
  const { happened } = (await (await get('/api/models/electricity-price/history', bearer)).json()) as {
    happened: { steps: unknown[] };
  };
  expect(happened.steps).toHaveLength(2);
});

test('the axis of what happened begins with the model, however wide the steps are that are counted', async () => {
  const born = world.time.now - 13 * 60_000;
  const createdAt = new Date(born).toISOString();
  world.rows.versions = world.rows.versions.map((version) => ({ ...version, createdAt }));
  const { happened } = (await (await get('/api/models/electricity-price/history', bearer)).json()) as {
    happened: { from: number; stepMs: number };
  };
  expect(happened.stepMs).toBe(3_600_000);
  expect(born - happened.from).toBeLessThan(60_000);
});
