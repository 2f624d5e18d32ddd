import { serve } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { number } from '../../../../domain/input.ts';
import { regression } from '../../../../domain/task.ts';
import { createOpenInferenceClient } from '../../../../infra/model-server/open-inference.ts';

/** What a server answers, by its door. */
const answers: Record<string, { status: number; body: string }> = {
  'POST /v2/repository/models/a/load': { status: 200, body: '' },
  'POST /v2/repository/models/broken/load': { status: 400, body: '{"error":"no config.pbtxt"}' },
  'GET /v2/models/a/ready': { status: 200, body: '{"live":true}' },
  'GET /v2/models/gone/ready': { status: 404, body: '{"error":"unknown"}' },
  'POST /v2/models/a/infer': {
    status: 200,
    body: '{"outputs":[{"name":"value","shape":[1,1],"datatype":"FP64","data":[[2.5]]}]}',
  },
  'POST /v2/models/nan/infer': {
    status: 200,
    body: '{"outputs":[{"name":"value","shape":[1],"data":[NaN]}]}',
  },
  'POST /v2/models/empty/infer': { status: 200, body: '{}' },
};
const model = { name: 'm', task: regression(), input: { price: number() } };
let asked: unknown = null;
const app = new Hono();
app.all('*', async (c) => {
  const text = await c.req.text();
  asked = text === '' ? null : JSON.parse(text);
  const { status, body } = answers[`${c.req.method} ${c.req.path}`] ?? { status: 500, body: 'what?' };
  return c.body(body, status as 200);
});
let server: ServerType;
let url: string;
beforeAll(async () => {
  url = await new Promise((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
  });
});
afterAll(() => void server.close());
const client = () => createOpenInferenceClient(`${url}/`, 5_000);

test('loads, asks and is judged by the status alone', async () => {
  await client().load('a');
  expect([await client().isReady('a'), await client().isReady('gone')]).toEqual([true, false]);
  expect(await client().answer('a', model, [{ price: 3 }])).toEqual([{ value: 2.5 }]);
  expect(asked).toEqual({ inputs: [{ name: 'price', datatype: 'FP64', shape: [1, 1], data: [3] }] });
});

test.each([
  ['load', 'broken', 'no config.pbtxt', false],
  ['unload', 'a', 'what?', true],
  ['answer', 'nan', 'no JSON', false],
  ['answer', 'empty', 'an answer without outputs', false],
] as const)('%s %s is refused in the words of the server', async (door, name, says, retryable) => {
  const said = door === 'answer' ? client().answer(name, model, [{}]) : client()[door](name);
  await expect(said).rejects.toMatchObject({
    code: 'DL_MODEL_SERVER_REFUSED',
    message: expect.stringContaining(says) as string,
    retryable,
  });
});

test('one that is not there is said to be away, and tried again', async () => {
  const nobody = createOpenInferenceClient('http://127.0.0.1:1', 1_000);
  await expect(nobody.isReady('a')).rejects.toMatchObject({
    code: 'DL_MODEL_SERVER_UNREACHABLE',
    retryable: true,
  });
});
