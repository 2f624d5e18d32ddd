import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createClient } from '../../../client/index.ts';
import type { ClientOptions } from '../../../client/index.ts';
import { servingApp, token } from '../../fakes/serving-app.ts';

/** A client of the real app; `between` may answer an attempt before the app does. */
async function connected(
  options: Partial<ClientOptions> = {},
  between: (attempt: number) => Response | Promise<Response> | undefined = () => undefined,
) {
  const server = await servingApp();
  await server.follower.start();
  const sent: { path: string; body: unknown; authorization: string }[] = [];
  const client = createClient({
    server: 'http://server.example.org/models/',
    token,
    maxPauseMs: 1,
    ...options,
    fetch: (url, init) => {
      const path = new URL(url).pathname.replace(/^\/models/, '');
      const { authorization = '' } = init.headers as Record<string, string>;
      sent.push({ path, body: JSON.parse(init.body as string), authorization });
      return between(sent.length) ?? server.app.request(path, init);
    },
  });
  return { ...server, client, sent };
}

const refusal = (status: number, headers: Record<string, string> = {}) =>
  Response.json({ error: { code: 'DL_STARTING', message: 'Not yet.', fix: 'Wait.' } }, { status, headers });
const predictionId = '019a8f00-0000-7000-8000-000000000001';
const label = { predictionId, kind: 'label', value: 'UP' } as const;

describe('predict', () => {
  test('answers each row, with its id and version, and sends the context', async () => {
    const { client, messages, sent } = await connected();
    const answers = await client.predict('meter', [{ price: 1 }, {}], { context: { household: 'h1' } });
    expect(answers).toEqual(
      messages.predictions.map(({ predictionId }) => ({
        predictionId,
        label: 'v1',
        scores: { v1: 1 },
        version: 'v1',
      })),
    );
    expect(messages.predictions[0]!.context).toEqual({ household: 'h1' });
    expect(sent[0]).toMatchObject({ path: '/v1/models/meter:predict', authorization: `Bearer ${token}` });
    expect(await client.predict('meter', [])).toEqual([]);
    expect(sent).toHaveLength(1);
  });

  test('of a version asks that version', async () => {
    const { client, sent } = await connected();
    expect(await client.predict('meter', [{}], { version: 'v1' })).toMatchObject([{ version: 'v1' }]);
    expect(sent[0]!.path).toBe('/v1/models/meter/versions/v1:predict');
    await expect(client.predict('meter', [{}], { version: 'v9' })).rejects.toMatchObject({
      code: 'DL_VERSION_NOT_SERVED',
      status: 404,
      retryable: false,
      fix: expect.stringContaining('v1 (champion)'),
    });
    expect(sent).toHaveLength(2);
  });

  test('a mistake is said once, with its code, its fix and its problems', async () => {
    const { client, sent } = await connected();
    await expect(client.predict('meter', [{ prize: 1 }])).rejects.toMatchObject({
      name: 'RequestFailed',
      code: 'DL_INPUT_INVALID',
      status: 400,
      retryable: false,
      problems: [expect.objectContaining({ instance: 0, field: 'prize' })],
    });
    expect(sent).toHaveLength(1);
  });

  test('a token that is no longer good is not tried again, and a fresh one is asked for each time', async () => {
    let tokens = 0;
    const { client } = await connected({ token: () => (tokens++ === 0 ? 'old' : token) });
    await expect(client.predict('meter', [{}])).rejects.toMatchObject({
      code: 'DL_UNAUTHORISED',
      status: 401,
    });
    expect(await client.predict('meter', [{}])).toHaveLength(1);
  });
});

describe('what fails for now', () => {
  test.each([
    ['503', () => refusal(503)],
    ['429', () => refusal(429, { 'retry-after': '0' })],
    ['a gateway that speaks HTML', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
    ['a connection that breaks', () => Promise.reject(new TypeError('fetch failed'))],
    [
      'an answer that breaks off',
      () => new Response(new ReadableStream({ start: (c) => c.error(new Error('reset')) })),
    ],
  ])('%s is sent again until it is answered, the same each time', async (_, answer) => {
    const { client, sent } = await connected({}, (attempt) => (attempt < 3 ? answer() : undefined));
    expect(await client.feedback(label)).toMatchObject({ problems: [] });
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  test('is given up after so many retries, as it was last', async () => {
    const { client, sent } = await connected({ retries: 2 }, () => refusal(503));
    await expect(client.predict('meter', [{}])).rejects.toMatchObject({
      code: 'DL_STARTING',
      status: 503,
      retryable: true,
    });
    expect(sent).toHaveLength(3);
  });

  test('a longer wait than the longest pause is left to the caller, who is told how long', async () => {
    const { client, messages, sent } = await connected();
    messages.state.problem = new Error('no leader');
    await expect(client.predict('meter', [{}])).rejects.toMatchObject({
      code: 'DL_KAFKA_UNREACHABLE',
      retryAfterMs: 1_000,
    });
    expect(sent).toHaveLength(1);
  });

  test('nobody at the address is said so', async () => {
    const { client } = await connected({ retries: 0 }, () => Promise.reject(new TypeError('fetch failed')));
    await expect(client.predict('meter', [{}])).rejects.toMatchObject({
      code: 'DL_SERVER_UNREACHABLE',
      status: null,
      message: expect.stringContaining('fetch failed'),
    });
  });

  test('as long as the server asks, the client waits', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const asked = vi.fn(() =>
      asked.mock.calls.length === 1
        ? refusal(503, { 'retry-after': '2' })
        : Response.json({ predictions: [{ predictionId, version: 'v1' }] }),
    );
    const client = createClient({ server: 'http://x', token, fetch: asked });
    const answer = client.predict('meter', [{}]);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(asked).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(await answer).toHaveLength(1);
  });

  test('an error of the server itself is a bug, and not sent again', async () => {
    const { client, sent } = await connected({}, () => refusal(500));
    await expect(client.predict('meter', [{}])).rejects.toMatchObject({ status: 500, retryable: false });
    expect(sent).toHaveLength(1);
  });

  test('an address where something else answers is said so', async () => {
    for (const answer of [() => new Response('hello'), () => Response.json({ predictions: [] })]) {
      const { client } = await connected({}, answer);
      await expect(client.predict('meter', [{}])).rejects.toMatchObject({ code: 'DL_ANSWER_UNEXPECTED' });
    }
    const { client } = await connected({}, () => new Response('nothing here', { status: 404 }));
    await expect(client.predict('meter', [{}])).rejects.toMatchObject({
      code: 'DL_REQUEST_REFUSED',
      status: 404,
    });
  });
});

/** A server that never answers, until the request is given up. */
const silent: NonNullable<ClientOptions['fetch']> = (_, { signal }) =>
  new Promise((_resolve, reject) => {
    signal!.addEventListener('abort', () => reject(signal!.reason as Error));
  });

describe('silence', () => {
  test('ends with the time of an attempt, and each retry has its own', async () => {
    const asked = vi.fn(silent);
    const client = createClient({
      server: 'http://x',
      token,
      timeoutMs: 5,
      retries: 1,
      maxPauseMs: 1,
      fetch: asked,
    });
    await expect(client.predict('meter', [{}])).rejects.toMatchObject({
      code: 'DL_REQUEST_TIMEOUT',
      status: null,
      retryable: true,
    });
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test.each([undefined, { windowMs: 0 }])(
    'ends with the signal, whose reason it has; batch: %o',
    async (batch) => {
      const asked = vi.fn(silent);
      const client = createClient({ server: 'http://x', token, fetch: asked, ...(batch && { batch }) });
      const leaving = new AbortController();
      const answer = client.predict('meter', [{}], { signal: leaving.signal });
      setTimeout(() => leaving.abort(new Error('the user has left')), 5);
      await expect(answer).rejects.toThrow('the user has left');
      await vi.waitFor(() => expect(asked.mock.calls[0]![1].signal!.aborted).toBe(true));
      await expect(client.predict('meter', [{}], { signal: leaving.signal })).rejects.toThrow('has left');
      expect(asked).toHaveBeenCalledTimes(1);
    },
  );
});

describe('feedback', () => {
  test('has an id before it is sent, so that a repeat is known as one', async () => {
    const { client, messages } = await connected();
    const { accepted, problems } = await client.feedback([
      label,
      { ...label, feedbackId: 'mine', source: 'crm' },
    ]);
    expect(problems).toEqual([]);
    expect(accepted).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), 'mine']);
    expect(messages.feedback.map(({ feedbackId }) => feedbackId)).toEqual(accepted);
    expect(messages.feedback[1]).toMatchObject({ source: 'crm' });
    expect(await client.feedback([])).toEqual({ accepted: [], problems: [] });
  });

  test('of which some was refused, says which, and what of it was taken', async () => {
    const { client, messages } = await connected();
    const bad = { ...label, predictionId: 'x' };
    const { accepted, problems } = await client.feedback([bad, { ...label, feedbackId: 'b' }, bad]);
    expect(accepted).toEqual(['b']);
    expect(problems.map(({ index, code }) => [index, code])).toEqual([
      [0, 'DL_FEEDBACK_INVALID'],
      [2, 'DL_FEEDBACK_INVALID'],
    ]);
    expect(messages.feedback).toHaveLength(1);
  });

  test('of which nothing was taken, throws', async () => {
    const { client } = await connected();
    await expect(client.feedback({ ...label, predictionId: 'x' })).rejects.toMatchObject({
      code: 'DL_FEEDBACK_INVALID',
      status: 400,
      problems: [{ index: 0 }],
    });
  });
});

describe('calls that come together', () => {
  const batch = { windowMs: 1, maxRows: 4 };

  test('are one request a model, version and context, and each gets its own answers', async () => {
    const { client, sent, messages } = await connected({ batch });
    const context = { household: 'h1' };
    const answers = await Promise.all([
      client.predict('meter', [{ price: 1 }, { price: 2 }]),
      client.predict('meter', [{ price: 3 }], { context }),
      client.predict('meter', [{ price: 4 }]),
    ]);
    expect(sent).toHaveLength(2);
    const priceOf = new Map(
      messages.predictions.map(({ predictionId, input }) => [predictionId, input['price']]),
    );
    expect(answers.map((some) => some.map((one) => priceOf.get(one.predictionId)))).toEqual([
      [1, 2],
      [3],
      [4],
    ]);
  });

  test('leave when they are full, without waiting; a call that is larger goes in one piece', async () => {
    const { client, sent } = await connected({ batch: { windowMs: 60_000, maxRows: 4 } });
    await Promise.all([
      client.predict('meter', [{}, {}, {}]),
      client.predict(
        'meter',
        Array.from({ length: 9 }, () => ({})),
      ),
    ]);
    expect(sent.map(({ body }) => (body as { instances: object[] }).instances.length)).toEqual([3, 9]);
  });

  test('one that is wrong does not spoil the others', async () => {
    const { client, sent } = await connected({ batch });
    const [good, bad] = await Promise.allSettled([
      client.predict('meter', [{ price: 1 }]),
      client.predict('meter', [{ prize: 1 }]),
    ]);
    expect([good.status, bad]).toMatchObject(['fulfilled', { reason: { code: 'DL_INPUT_INVALID' } }]);
    expect(sent).toHaveLength(3);
  });

  test('feedback too, and each hears of its own items', async () => {
    const { client, sent } = await connected({ batch });
    const bad = { ...label, predictionId: 'x' };
    const [one, two, three] = await Promise.allSettled([
      client.feedback({ ...label, feedbackId: 'a' }),
      client.feedback([bad, { ...label, feedbackId: 'b' }]),
      client.feedback(bad),
    ]);
    expect(sent).toHaveLength(1);
    expect(one).toMatchObject({ value: { accepted: ['a'], problems: [] } });
    expect(two).toMatchObject({ value: { accepted: ['b'], problems: [{ index: 0 }] } });
    expect(three).toMatchObject({ reason: { code: 'DL_FEEDBACK_INVALID', problems: [{ index: 0 }] } });
  });

  test('one that leaves before its window ends is not sent, and one that leaves later does not stop the others', async () => {
    const { client, sent, messages } = await connected({ batch });
    const leaving = new AbortController();
    const gone = client.predict('meter', [{ price: 1 }], { signal: leaving.signal });
    const stays = client.predict('meter', [{ price: 2 }]);
    leaving.abort();
    await expect(gone).rejects.toThrow();
    expect(await stays).toHaveLength(1);
    expect([sent.length, messages.predictions.length]).toEqual([1, 1]);
  });

  test('what waits is sent by flush, which ends when it is answered', async () => {
    const { client, messages } = await connected({ batch: { windowMs: 60_000 } });
    const told = client.feedback(label);
    await client.flush();
    expect(messages.feedback).toHaveLength(1);
    expect((await told).accepted).toHaveLength(1);
  });
});
