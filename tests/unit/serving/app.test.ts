import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { image } from '../../../domain/input.ts';
import { predictionMessage, uuidTimeMs } from '../../../domain/messages.ts';
import { imageTexts } from '../../../infra/images/image-texts.ts';
import { generation, multiLabel, regression } from '../../../domain/task.ts';
import type { AnyOutput, DeclaredTask } from '../../../domain/task.ts';
import { now, servingApp as setUp, token } from '../../fakes/serving-app.ts';
import { meterConfig } from '../../fakes/serving-world.ts';

describe('predict', () => {
  test('answers each instance, and what it answered stands in the log by the contract', async () => {
    const { follower, messages, predict } = await setUp();
    await follower.start();
    const { status, body } = await predict({
      instances: [{ price: 1, day: 2 }, {}],
      context: { household: 'h1' },
    });
    expect(status).toBe(200);
    expect(body.predictions).toEqual([
      { predictionId: expect.any(String), label: 'v1', scores: { v1: 1 }, version: 'v1' },
      { predictionId: expect.any(String), label: 'v1', scores: { v1: 1 }, version: 'v1' },
    ]);
    expect(messages.predictions.map((m) => predictionMessage.parse(m))).toEqual(messages.predictions);
    expect(messages.predictions[0]).toMatchObject({
      predictionId: body.predictions[0]!.predictionId,
      model: 'meter',
      version: 'v1',
      input: { price: 1, day: '2' },
      output: { label: 'v1', scores: { v1: 1 } },
      context: { household: 'h1' },
      at: '2025-11-17T14:20:00.123Z',
    });
    expect(uuidTimeMs(body.predictions[0]!.predictionId)).toBe(now);
  });

  test.each<[string, DeclaredTask, AnyOutput]>([
    ['a number', regression({ tolerance: 5 }), { value: 12.5 }],
    ['some labels', multiLabel({ labels: ['a', 'b'] }), { labels: ['a'], scores: { a: 0.9, b: 0.1 } }],
    ['a text', generation(), { text: 'On Monday.' }],
  ])('answers %s as its task has it, and so it stands in the log', async (_, task, answer) => {
    const { follower, messages, predict } = await setUp({ config: { ...meterConfig(), task }, answer });
    await follower.start();
    const { status, body } = await predict({ instances: [{ price: 1, day: 2 }] });
    expect(status).toBe(200);
    expect(body.predictions).toEqual([{ predictionId: expect.any(String), ...answer, version: 'v1' }]);
    expect(predictionMessage.parse(messages.predictions[0]).output).toEqual(answer);
  });

  test('an image is kept as the network sees it, however it was sent', async () => {
    const input = { photo: image({ width: 2, height: 2, channels: 1 }) };
    const { follower, messages, predict } = await setUp({ config: meterConfig({ input }) });
    await follower.start();
    const pixels = [[0, 10], [20, 255]]; // oxfmt-ignore
    const encoded = await sharp(Uint8Array.of(0, 10, 20, 255), { raw: { width: 2, height: 2, channels: 1 } })
      .png()
      .toBuffer();
    const b64 = encoded.toString('base64');
    const sent = [pixels, b64, { b64 }, `data:image/png;base64,${b64}`];
    const { status } = await predict({ instances: sent.map((photo) => ({ photo })) });
    expect(status).toBe(200);
    for (const { input: kept } of messages.predictions)
      expect(await imageTexts.read(String(kept['photo']), input.photo)).toEqual({
        bytes: Uint8Array.of(0, 10, 20, 255),
      });

    const refused = await predict({ instances: [{ photo: 'cat.png' }, { photo: b64 }, {}, { photo: 1 }] });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'DL_INPUT_INVALID' } } });
    const again = await predict({ instances: [{ photo: 'cat.png' }, { photo: b64 }, {}] });
    expect(again.body.error.message).toMatch(
      /instances\[0\].photo: cannot be seen.*instances\[2\].photo: is missing/,
    );
    const deep = `${'['.repeat(4_900)}${']'.repeat(4_900)}`;
    const endless = await predict(`{"instances": [{"photo": ${deep}}]}`);
    expect([endless.status, endless.body.error.code]).toEqual([400, 'DL_INPUT_INVALID']);
    expect(messages.predictions).toHaveLength(sent.length);
  });

  test('the same entity is always answered by the same version', async () => {
    const { follower, predict } = await setUp({ challenger: { version: 'v2', share: 0.5 } });
    await follower.start();
    const ask = async (household: string) =>
      (await predict({ instances: [{}, {}, {}], context: { household } })).body.predictions.map(
        (p) => p.version,
      );
    const seen = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      const versions = [...(await ask(`h${i}`)), ...(await ask(`h${i}`))];
      expect(new Set(versions).size).toBe(1);
      seen.add(versions[0]!);
    }
    expect([...seen].sort()).toEqual(['v1', 'v2']);
  });

  test('without an entity each prediction is drawn on its own, and keeps the order of the instances', async () => {
    const { follower, predict } = await setUp({ challenger: { version: 'v2', share: 0.5 }, entity: false });
    await follower.start();
    const { body } = await predict({ instances: Array.from({ length: 40 }, () => ({})) });
    expect(new Set(body.predictions.map((p) => p.version))).toEqual(new Set(['v1', 'v2']));
    for (const p of body.predictions) expect(p.label).toBe(p.version);
  });

  test.each([
    ['a body that is not JSON', 'meter', '{"instances": [NaN]}', 400, 'DL_BODY_NOT_JSON'],
    ['a body without instances', 'meter', {}, 400, 'DL_BODY_INVALID'],
    ['no instances', 'meter', { instances: [] }, 400, 'DL_BODY_INVALID'],
    ['a wrong value', 'meter', { instances: [{ price: 'x' }] }, 400, 'DL_INPUT_INVALID'],
    ['a number that is none', 'meter', '{"instances": [{"price": 1e999}]}', 400, 'DL_INPUT_INVALID'],
    ['a number in quotes', 'meter', { instances: [{ price: '1.5' }] }, 400, 'DL_INPUT_INVALID'],
    ['a field that nobody declared', 'meter', { instances: [{ prize: 1 }] }, 400, 'DL_INPUT_INVALID'],
    ['an instance that is none', 'meter', { instances: [[1, 2]] }, 400, 'DL_INPUT_INVALID'],
    [
      'a context without end',
      'meter',
      `{"instances": [{}], "context": {"a": ${'['.repeat(4_000)}${']'.repeat(4_000)}}}`,
      400,
      'DL_BODY_INVALID',
    ],
    ['a model that nobody declared', 'metre', { instances: [{}] }, 404, 'DL_UNKNOWN_MODEL'],
    [
      'a body that is too large',
      'meter',
      { instances: [{ day: 'x'.repeat(20_000) }] },
      413,
      'DL_BODY_TOO_LARGE',
    ],
  ])('%s is refused with a code and a fix, and nothing is logged', async (_, model, body, status, code) => {
    const { follower, messages, predict } = await setUp();
    await follower.start();
    const answer = await predict(body, model);
    expect(answer.status).toBe(status);
    expect(answer.body.error.code).toBe(code);
    expect(answer.body.error.fix).not.toBe('');
    expect(messages.predictions).toEqual([]);
  });

  test('a declared model without a version says how to get one', async () => {
    const { follower, predict } = await setUp({ routed: false });
    await follower.start();
    const { status, headers, body } = await predict({ instances: [{}] });
    expect([status, headers.get('retry-after'), body.error.code]).toEqual([503, '1', 'DL_NO_CHAMPION']);
    expect(body.error.fix).toMatch('driftloop model bootstrap meter');
  });

  test('while its champion is being loaded, a model says so, and not that it has none', async () => {
    const { follower, world, app, send, predict, metrics } = await setUp();
    let release = () => {};
    const isHeld = new Promise<void>((resolve) => (release = resolve));
    const { open } = world.artifacts;
    world.artifacts.open = (digest) => isHeld.then(() => open(digest));
    const starting = follower.start();
    await expect.poll(() => follower.stateOf('meter').pending, { interval: 5 }).not.toBeNull();
    const { status, headers, body } = await predict({ instances: [{}] });
    expect([status, headers.get('retry-after'), body.error.code]).toEqual([503, '1', 'DL_CHAMPION_LOADING']);
    expect(body.error.message).toBe('v1 of meter is being loaded.');
    const states = async () => {
      const said = (await (await send('/v1/models/meter')).json()) as {
        model_version_status: { state: string }[];
      };
      return said.model_version_status.map(({ state }) => state);
    };
    expect(await states()).toEqual(['LOADING']);
    expect((await app.request('/readyz')).status).toBe(503);
    for (const path of ['/v1/models/meter/metadata', '/v2/models/meter'])
      expect(await (await send(path)).json()).toMatchObject({ code: 'DL_CHAMPION_LOADING' });
    release();
    await starting;
    expect(await states()).toEqual(['AVAILABLE']);
    expect((await app.request('/readyz')).status).toBe(200);
    expect((await predict({ instances: [{}] })).status).toBe(200);
    expect(await metrics.registry.metrics()).toMatch(
      /requests_total\{[^}]*version="",[^}]*code="503"[^}]*\} 1/,
    );
  });

  test('a champion that does not load says why, and how to go back', async () => {
    const { follower, world, predict } = await setUp();
    world.broken.add('v1');
    await follower.start();
    const { status, body } = await predict({ instances: [{}] });
    expect([status, body.error.code]).toEqual([503, 'DL_CHAMPION_NOT_LOADED']);
    expect(body.error.message).toMatch('v1 of meter could not be loaded: The files of sha256:v1 are not');
    expect(body.error.fix).toMatch('driftloop version rollback meter');
  });

  test('an answer that the log did not take is not given', async () => {
    const { follower, messages, predict } = await setUp();
    await follower.start();
    messages.state.problem = new Error('no leader');
    const { status, headers, body } = await predict({ instances: [{}] });
    expect([status, headers.get('retry-after'), body.error.code]).toEqual([503, '1', 'DL_KAFKA_UNREACHABLE']);
    expect(body.predictions).toBeUndefined();
  });

  test('a bug is answered without its insides', async () => {
    const { follower, app, world, predict } = await setUp();
    await follower.start();
    expect(app).toBeDefined();
    world.logged.length = 0;
    follower.acquire = () => {
      throw new TypeError('secret detail');
    };
    const { status, body } = await predict({ instances: [{}] });
    expect([status, body.error.code]).toEqual([500, 'DL_INTERNAL']);
    expect(JSON.stringify(body)).not.toMatch('secret');
    expect(world.logged).toMatchObject([{ level: 'error' }]);
  });
});

describe('feedback', () => {
  const predictionId = '019a8f00-0000-7000-8000-000000000001';
  const good = { predictionId, kind: 'label', value: 'UP' };

  test('what is missing is filled in', async () => {
    const { messages, post } = await setUp();
    expect((await post('/v1/feedback', good)).body).toEqual({ accepted: 1 });
    expect(messages.feedback).toEqual([
      {
        feedbackId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        predictionId,
        kind: 'label',
        value: 'UP',
        at: '2025-11-17T14:20:00.123Z',
        source: 'http',
      },
    ]);
  });

  test('what is given is kept, in the form of the contract', async () => {
    const { messages, post } = await setUp();
    const given = { ...good, feedbackId: 'f1', at: '2025-11-17T15:20:00+01:00', source: 'crm' };
    await post('/v1/feedback', { ...given, predictionId: predictionId.toUpperCase() });
    await post('/v1/feedback', { predictionId, kind: 'retract' });
    expect(messages.feedback).toMatchObject([
      { ...given, predictionId, at: '2025-11-17T14:20:00.000Z' },
      { kind: 'retract', value: null },
    ]);
  });

  test('bad items are named one by one and good ones are accepted', async () => {
    const { messages, post } = await setUp();
    const { status, body } = await post('/v1/feedback', [
      good,
      { ...good, predictionId: 'x' },
      7,
      { ...good, kind: 'guess' },
      { ...good, value: undefined },
      { ...good, value: false, feedbackId: 'f9' },
      { ...good, at: 'yesterday' },
    ]);
    expect(status).toBe(207);
    expect(body.accepted).toBe(2);
    expect(body.feedbackIds).toEqual([expect.any(String), 'f9']);
    expect(body.problems.map((p) => [p.index, p.code])).toEqual(
      [1, 2, 3, 4, 6].map((index) => [index, 'DL_FEEDBACK_INVALID']),
    );
    expect(body.problems[2]!.fix).toBe('Send one of label, correction, rating, outcome, retract.');
    expect(messages.feedback).toHaveLength(2);
  });

  test('a request with nothing good in it is an error', async () => {
    const { post } = await setUp();
    for (const body of [{}, [], [{ ...good, value: null }]]) {
      const answer = await post('/v1/feedback', body);
      expect([answer.status, answer.body.error.code]).toEqual([400, 'DL_FEEDBACK_INVALID']);
    }
  });

  test('feedback that the log did not take is not accepted', async () => {
    const { messages, post } = await setUp();
    messages.state.problem = new Error('no leader');
    expect((await post('/v1/feedback', good)).status).toBe(503);
  });
});

describe('the doors', () => {
  test.each([
    ['POST', '/v1/models/meter:predict'],
    ['GET', '/v1/models/meter'],
    ['GET', '/v1/models'],
    ['POST', '/v1/feedback'],
    ['GET', '/v1/anything'],
  ])('%s %s asks for the token', async (method, path) => {
    const { app } = await setUp();
    for (const authorization of [
      undefined,
      'Bearer wrong',
      `Basic ${token}`,
      `Bearer ${token}x`,
      'Bearer ',
    ]) {
      const answer = await app.request(path, {
        method,
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ error: { code: 'DL_UNAUTHORISED' } });
    }
  });

  test('health, readiness and metrics ask for none', async () => {
    const { app, follower } = await setUp();
    expect((await app.request('/healthz')).status).toBe(200);
    expect((await app.request('/readyz')).status).toBe(503);
    await follower.start();
    expect((await app.request('/readyz')).status).toBe(200);
    expect((await app.request('/metrics')).status).toBe(200);
  });

  test('a server that has lost a routed version is not ready', async () => {
    const { app, follower, lose } = await setUp();
    await follower.start();
    lose();
    const answer = await app.request('/readyz');
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { ready: false, problems: ['meter/v1/v1 is not loaded'] },
    ]);
  });

  test('the status has the shape of TensorFlow Serving, with shares', async () => {
    const { follower, send } = await setUp({ challenger: { version: 'v2', share: 0.25 } });
    await follower.start();
    expect(await (await send('/v1/models/meter')).json()).toMatchObject({
      generation: 1,
      backend: 'fake',
      model_version_status: [
        { version: 'v1', state: 'AVAILABLE', status: { error_code: 'OK' }, role: 'champion', share: 0.75 },
        { version: 'v2', state: 'AVAILABLE', status: { error_code: 'OK' }, role: 'challenger', share: 0.25 },
      ],
    });
    expect((await send('/v1/models/metre')).status).toBe(404);
  });

  test('metrics count requests by version and code, from zero', async () => {
    const { app, follower, predict } = await setUp();
    await follower.start();
    const scrape = async () => (await app.request('/metrics')).text();
    expect(await scrape()).toContain(
      'driftloop_requests_total{model="meter",version="v1",arm="champion",code="503",namespace="default"} 0',
    );
    await predict({ instances: [{}, {}] });
    await predict({ instances: [{ price: 'x' }] });
    const text = await scrape();
    for (const line of [
      'driftloop_requests_total{model="meter",version="v1",arm="champion",code="200",namespace="default"} 1',
      'driftloop_requests_total{model="meter",version="",arm="",code="400",namespace="default"} 1',
      'driftloop_instances_total{model="meter",version="v1",arm="champion",namespace="default"} 2',
      'driftloop_invalid_outputs_total{model="meter",version="v1",arm="champion",namespace="default"} 0',
      'driftloop_route_generation{model="meter",namespace="default"} 1',
      'driftloop_version_loaded{model="meter",version="v1",role="champion",namespace="default"} 1',
      'driftloop_backend_info{backend="fake",namespace="default"} 1',
      'driftloop_request_seconds_count{namespace="default",model="meter",version="v1",arm="champion"} 1',
    ])
      expect(text).toContain(line);
  });

  test('an unknown path is an error with a fix', async () => {
    const { send } = await setUp();
    for (const [method, path] of [
      ['GET', '/nowhere'],
      ['POST', '/v1/models/meter'],
      ['POST', '/v1/models/a:b:predict'],
    ] as const) {
      const answer = await send(path, { method });
      expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 'DL_NOT_FOUND' } }]);
    }
  });
});
