import { describe, expect, test } from 'vitest';
import { conversationOf } from '../../../domain/conversation.ts';
import { text } from '../../../domain/input.ts';
import { predictionMessage } from '../../../domain/messages.ts';
import { generation } from '../../../domain/task.ts';
import { now, servingApp } from '../../fakes/serving-app.ts';
import { meterConfig } from '../../fakes/serving-world.ts';

const hello = [{ role: 'user', content: 'hello there' }];
const path = '/v1/chat/completions';

type Chunk = {
  id: string;
  object: string;
  model: string;
  choices?: { delta: { role?: string; content?: string }; finish_reason: string | null }[];
  usage?: object;
  error?: { code: string; message: string };
};

/** A server with one model that writes: version vN says "vN" and then what it was told. */
async function started(options: Parameters<typeof servingApp>[0] = {}) {
  const config = meterConfig({ task: generation(), input: { prompt: text() } });
  const server = await servingApp({ config, ...options });
  await server.follower.start();
  const ask = (body: object, init: RequestInit = {}) =>
    server.send(path, {
      method: 'POST',
      body: JSON.stringify({ model: 'meter', messages: hello, ...body }),
      ...(init.signal ? { signal: init.signal } : {}),
    });
  const chat = async (body: object = {}) => {
    const answer = await ask(body);
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Completion };
  };
  const stream = async (body: object = {}) => {
    const answer = await ask({ stream: true, ...body });
    return { status: answer.status, headers: answer.headers, events: eventsIn(await answer.text()) };
  };
  return { ...server, ask, chat, stream };
}
type Completion = {
  id: string;
  choices: { message: object; finish_reason: string }[];
  error: { code: string; message: string; type: string; param: string | null };
};

/** The data of server-sent events, each event one line of it. */
function eventsIn(body: string): string[] {
  const events = body.split('\n\n');
  expect(events.pop()).toBe('');
  return events.map((event) => {
    expect(event).toMatch(/^data: .*$/);
    return event.slice('data: '.length);
  });
}
const chunksOf = (events: readonly string[]) =>
  events.filter((data) => data !== '[DONE]').map((data) => JSON.parse(data) as Chunk);
const textOf = (events: readonly string[]) =>
  chunksOf(events)
    .map(({ choices }) => choices?.[0]?.delta.content ?? '')
    .join('');

describe('a whole answer', () => {
  test('has the shape of OpenAI, and is a prediction on which feedback is given', async () => {
    const { chat, post, messages } = await started();
    const { status, body } = await chat({ metadata: { household: 'h1' } });
    expect(status).toBe(200);
    const [prediction] = messages.predictions;
    expect(predictionMessage.parse(prediction)).toEqual({
      predictionId: body.id,
      model: 'meter',
      version: 'v1',
      input: { prompt: 'hello there' },
      output: { text: 'v1 hello there' },
      context: { household: 'h1' },
      at: new Date(now).toISOString(),
    });
    expect(body).toEqual({
      id: prediction!.predictionId,
      object: 'chat.completion',
      created: Math.floor(now / 1_000),
      model: 'meter',
      system_fingerprint: 'v1',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'v1 hello there', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
    });
    const liked = { predictionId: body.id, kind: 'rating', value: 5 };
    expect((await post('/v1/feedback', liked)).status).toBe(200);
  });

  test('is of the conversation, which the prediction keeps as it was', async () => {
    const { chat, messages, writings } = await started();
    const said = [
      { role: 'developer', content: 'be brief' },
      ...hello,
      { role: 'assistant', content: 'hi' },
      { role: 'user', content: [{ type: 'text', text: 'again' }] },
    ];
    expect((await chat({ messages: said })).status).toBe(200);
    const conversation = [
      { role: 'system', content: 'be brief' },
      ...hello,
      { role: 'assistant', content: 'hi' },
      { role: 'user', content: 'again' },
    ];
    expect(writings[0]!.conversation).toEqual(conversation);
    expect(conversationOf(String(messages.predictions[0]!.input['prompt']))).toEqual(conversation);
  });

  test('is the likeliest where no temperature is named, and as long and as chancy as is wished', async () => {
    const { chat, writings } = await started();
    await chat();
    await chat({ temperature: 0.7, top_p: 0.9, seed: 4, stop: '\n', max_tokens: 2 });
    const { body } = await chat({ max_completion_tokens: 1, stop: ['a', 'b'] });
    expect(writings.map(({ wish }) => wish)).toEqual([
      { maxTokens: null, sampling: null, stops: [] },
      { maxTokens: 2, sampling: { temperature: 0.7, topP: 0.9, seed: 4 }, stops: ['\n'] },
      { maxTokens: 1, sampling: null, stops: ['a', 'b'] },
    ]);
    expect(body.choices[0]!.finish_reason).toBe('length');
  });
});

describe('a streamed answer', () => {
  test('comes in pieces under one id, ends with why, and then [DONE]', async () => {
    const { stream, messages } = await started();
    const { status, headers, events } = await stream({ stream_options: { include_usage: true } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(events.at(-1)).toBe('[DONE]');
    const chunks = chunksOf(events);
    const { predictionId } = messages.predictions[0]!;
    expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set([predictionId]));
    expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']));
    expect(chunks.map(({ choices }) => choices?.[0]?.delta)).toEqual([
      { role: 'assistant', content: '' },
      { content: 'v1' },
      { content: ' hello' },
      { content: ' there' },
      {},
      undefined,
    ]);
    expect(chunks.map(({ choices }) => choices?.[0]?.finish_reason ?? null)).toEqual([
      null,
      null,
      null,
      null,
      'stop',
      null,
    ]);
    expect(chunks.at(-1)!.usage).toEqual({ prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 });
    expect(messages.predictions.map(({ output }) => output)).toEqual([{ text: 'v1 hello there' }]);
  });

  test('who hangs up stops it, the answer is not kept, and no version is blamed', async () => {
    const { ask, writings, messages, metrics, world } = await started({ delayMs: 5 });
    const long = { messages: [{ role: 'user', content: 'word '.repeat(1_000).trim() }] };
    const answer = await ask({ stream: true, ...long });
    const reader = answer.body!.getReader();
    await reader.read();
    await reader.cancel();
    await expect.poll(() => writings[0]!.signal.aborted).toBe(true);
    await expect
      .poll(async () => await metrics.registry.metrics())
      .toMatch(/requests_total\{[^}]*code="499"/);
    expect(await metrics.registry.metrics()).not.toMatch(/requests_total\{[^}]*code="5\d\d"/);
    expect(messages.predictions).toEqual([]);
    expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);

    const gone = new AbortController();
    const whole = ask(long, { signal: gone.signal });
    await expect.poll(() => writings.length).toBe(2);
    gone.abort();
    const unread = await whole;
    expect([unread.status, ((await unread.json()) as Completion).error.code]).toEqual([
      499,
      'DL_CLIENT_GONE',
    ]);
  });

  test('what fails before the first piece has its status; what fails later is said in the stream', async () => {
    const { stream, ask, failing, breaking, messages } = await started();
    failing.add('v1');
    const early = await ask({ stream: true });
    expect([early.status, ((await early.json()) as Completion).error.code]).toEqual([500, 'DL_INTERNAL']);
    failing.clear();
    breaking.add('v1');
    const { status, events } = await stream();
    expect(status).toBe(200);
    expect(chunksOf(events).at(-1)!.error).toMatchObject({ code: 'DL_INTERNAL' });
    expect(events).not.toContain('[DONE]');
    breaking.clear();
    messages.state.problem = new Error('brokers are away');
    const unlogged = await stream();
    expect(chunksOf(unlogged.events).at(-1)!.error).toMatchObject({ code: 'DL_KAFKA_UNREACHABLE' });
    expect(unlogged.events).not.toContain('[DONE]');
    expect(messages.predictions).toEqual([]);
  });
});

test('a challenger that fails before its first piece is replaced by the champion; after it, nobody goes on for it', async () => {
  const { stream, failing, breaking } = await started({ challenger: { version: 'v2', share: 1 } });
  expect(textOf((await stream()).events)).toBe('v2 hello there');
  failing.add('v2');
  expect(textOf((await stream()).events)).toBe('v1 hello there');
  failing.clear();
  breaking.add('v2');
  const { events } = await stream();
  expect(textOf(events)).toBe('v2');
  expect(chunksOf(events).at(-1)!.error).toMatchObject({ code: 'DL_ANSWER_BROKEN_OFF' });
});

test('so many answers are written at a time; one more is turned away with the time to come back', async () => {
  const { ask, chat } = await started({ writingAtOnce: 2, delayMs: 20 });
  const open = await Promise.all([ask({ stream: true }), ask({ stream: true })]);
  const { status, headers, body } = await chat();
  expect([status, headers.get('retry-after'), body.error.code]).toEqual([503, '1', 'DL_WRITERS_BUSY']);
  await Promise.all(open.map((answer) => answer.text()));
  expect((await chat()).status).toBe(200);
});

test.each([
  ['no messages', { messages: [] }, 'messages'],
  ['a role that is none', { messages: [{ role: 'robot', content: 'x' }] }, 'messages.0.role'],
  ['an image', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages.0.content'],
  ['two answers', { n: 2 }, 'n'],
  ['tools', { tools: [] }, 'tools'],
  ['a temperature of 3', { temperature: 3 }, 'temperature'],
  ['an empty stop', { stop: '' }, 'stop'],
  ['half a token', { max_tokens: 0.5 }, 'max_tokens'],
])('%s is refused as OpenAI refuses it, naming the field, and nothing is kept', async (_, wrong, param) => {
  const { chat, messages } = await started();
  const { status, body } = await chat(wrong);
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ type: 'invalid_request_error', param, code: 'DL_BODY_INVALID' });
  expect(messages.predictions).toEqual([]);
});

test('a model that nobody declared is 404, one that writes nothing is 400, and nobody without a token gets in', async () => {
  const { chat, app } = await started();
  const unknown = await chat({ model: 'metre' });
  expect([unknown.status, unknown.body.error.code]).toEqual([404, 'DL_UNKNOWN_MODEL']);
  const outside = await app.request(path, { method: 'POST', body: '{}' });
  expect(outside.status).toBe(401);
  const labels = await started({ config: meterConfig() });
  for (const stream of [false, true]) {
    const { status, body } = await labels.chat({ stream });
    expect([status, body.error.code]).toEqual([400, 'DL_NOT_A_WRITER']);
  }
});
