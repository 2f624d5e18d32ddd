import { array, assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { category, image, number, text } from '../../../domain/input.ts';
import { generation, multiLabel, regression } from '../../../domain/task.ts';
import { elementsOf } from '../../../serving/open-inference/tensor-data.ts';
import { servingApp } from '../../fakes/serving-app.ts';
import { meterConfig } from '../../fakes/serving-world.ts';

async function started(options: Parameters<typeof servingApp>[0] = {}) {
  const server = await servingApp(options);
  await server.follower.start();
  const ask = async (path: string, body?: unknown) => {
    const answer = await server.send(
      path,
      body === undefined
        ? {}
        : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) },
    );
    return { status: answer.status, body: (await answer.json()) as Answer };
  };
  const infer = (inputs: unknown, more: object = {}) => ask('/v2/models/meter/infer', { inputs, ...more });
  return { ...server, ask, infer };
}
type Answer = { error: string; code: string; outputs: { name: string; data: unknown[] }[] };

const tensor =
  (name: string, datatype: string) =>
  (data: unknown[], more: object = {}) => ({ name, shape: [data.length], datatype, data, ...more });
const price = tensor('price', 'FP64');
const day = tensor('day', 'BYTES');

test('health asks for no token, and says by its status whether every routed version is loaded', async () => {
  const { app, follower, lose } = await servingApp();
  const status = async (path: string) => (await app.request(path)).status;
  expect([await status('/v2/health/live'), await status('/v2/health/ready')]).toEqual([200, 503]);
  await follower.start();
  expect(await status('/v2/health/ready')).toBe(200);
  lose();
  expect([await status('/v2/health/live'), await status('/v2/health/ready')]).toEqual([200, 503]);
  for (const path of ['/v2', '/v2/models/meter', '/v2/models/meter/ready'])
    expect(await status(path)).toBe(401);
});

test('the server names itself, and no extension', async () => {
  const { ask } = await started();
  for (const path of ['/v2', '/v2/'])
    expect(await ask(path)).toEqual({
      status: 200,
      body: { name: 'driftloop', version: expect.stringMatching(/^\d+\.\d+\.\d+/), extensions: [] },
    });
});

describe('a model', () => {
  test('is described by its inputs and outputs, with the versions that may be asked for', async () => {
    const { ask } = await started({ challenger: { version: 'v2', share: 0.1 } });
    const described = {
      status: 200,
      body: {
        name: 'meter',
        versions: ['v1', 'v2'],
        platform: 'driftloop_artifact',
        inputs: [
          { name: 'price', datatype: 'FP64', shape: [-1] },
          { name: 'day', datatype: 'BYTES', shape: [-1] },
        ],
        outputs: [
          { name: 'label', datatype: 'BYTES', shape: [-1] },
          { name: 'scores', datatype: 'FP64', shape: [-1, 2] },
          { name: 'predictionId', datatype: 'BYTES', shape: [-1] },
          { name: 'version', datatype: 'BYTES', shape: [-1] },
        ],
        properties: { labels: '["UP","DOWN"]' },
      },
    };
    for (const named of ['', '/versions/v2', '/versions/1'])
      expect(await ask(`/v2/models/meter${named}`)).toEqual(described);
    for (const what of ['', '/ready'])
      expect(await ask(`/v2/models/meter/versions/v9${what}`)).toMatchObject({
        status: 404,
        body: { code: 'DL_VERSION_NOT_SERVED' },
      });
    expect(await ask('/v2/models/metre')).toMatchObject({ status: 404, body: { code: 'DL_UNKNOWN_MODEL' } });
  });

  test('is ready when its version is loaded', async () => {
    const { ask, lose } = await started();
    for (const named of ['', '/versions/v1'])
      expect(await ask(`/v2/models/meter${named}/ready`)).toEqual({
        status: 200,
        body: { name: 'meter', ready: true },
      });
    lose();
    expect(await ask('/v2/models/meter/ready')).toEqual({
      status: 503,
      body: { name: 'meter', ready: false },
    });
  });

  test('without a champion is not ready, and says how to get one', async () => {
    const { ask, infer } = await started({ routed: false });
    expect(await ask('/v2/models/meter/ready')).toMatchObject({ status: 503, body: { ready: false } });
    expect(await ask('/v2/models/meter')).toMatchObject({ status: 503, body: { code: 'DL_NO_CHAMPION' } });
    expect(await infer([price([1]), day(['1'])])).toMatchObject({
      status: 503,
      body: { code: 'DL_NO_CHAMPION' },
    });
  });
});

describe('inference', () => {
  test('answers a row of every tensor for each row, and is in the log like any prediction', async () => {
    const { infer, messages } = await started();
    const answer = await infer([price([1, null], { shape: [2, 1] }), day(['1', '2'])], {
      id: '42',
      parameters: { household: 'h1', binary_data_output: false },
    });
    const ids = messages.predictions.map(({ predictionId }) => predictionId);
    expect(answer).toEqual({
      status: 200,
      body: {
        model_name: 'meter',
        model_version: 'v1',
        id: '42',
        outputs: [
          { name: 'label', datatype: 'BYTES', shape: [2], data: ['v1', 'v1'] },
          { name: 'scores', datatype: 'FP64', shape: [2, 2], data: [0, 0, 0, 0] },
          { name: 'predictionId', datatype: 'BYTES', shape: [2], data: ids },
          { name: 'version', datatype: 'BYTES', shape: [2], data: ['v1', 'v1'] },
        ],
      },
    });
    expect(messages.predictions).toMatchObject([
      { input: { price: 1, day: '1' }, context: { household: 'h1' } },
      { input: { price: null, day: '2' }, context: { household: 'h1' } },
    ]);
  });

  test('answers what is wanted, in that order', async () => {
    const { infer } = await started();
    const { body } = await infer([price([1]), day(['1'])], {
      outputs: [{ name: 'version' }, { name: 'label' }],
    });
    expect(body.outputs.map(({ name }) => name)).toEqual(['version', 'label']);
  });

  test('rows of one request that two versions answered have no one version, and each says its own', async () => {
    const { infer } = await started({ challenger: { version: 'v2', share: 0.5 }, entity: false });
    const { body } = await infer([price(Array(40).fill(1)), day(Array(40).fill('1'))]);
    expect(body).not.toHaveProperty('model_version');
    expect(new Set(body.outputs.find(({ name }) => name === 'version')!.data)).toEqual(new Set(['v1', 'v2']));
  });

  test('of a version is answered by it', async () => {
    const { ask } = await started({ challenger: { version: 'v2', share: 0.1 } });
    const { body } = await ask('/v2/models/meter/versions/2/infer', { inputs: [price([1]), day(['1'])] });
    expect(body).toMatchObject({ model_version: 'v2' });
  });

  const good = day(['1', '2']);
  const deep: unknown = JSON.parse(`${'['.repeat(4_000)}${']'.repeat(4_000)}`);
  test.each<[string, unknown, string]>([
    ['a missing input', [price([1])], 'day is missing'],
    ['an unknown input', [price([1]), day(['1']), price([1], { name: 'prize' })], 'prize is no input'],
    ['an input twice', [price([1]), price([1]), day(['1'])], 'price is there twice'],
    ['another datatype', [price(['1', '2'], { datatype: 'BYTES' }), good], 'price is of BYTES'],
    ['a datatype that nobody knows', [price([1, 2], { datatype: 'BF16' }), good], 'price is of BF16'],
    [
      'a text in a tensor of numbers',
      [price([1, 'x']), good],
      'price has "x" at 1; FP64 holds a finite number',
    ],
    ['a number in a tensor of texts', [price([1, 2]), day(['1', 2])], 'day has 2 at 1; BYTES holds a text'],
    ['a fraction among integers', [price([1, 1.5], { datatype: 'INT32' }), good], 'a whole number'],
    ['a number that is too large', [price([1, 256], { datatype: 'UINT8' }), good], 'from 0 to 255'],
    ['too little data', [price([1], { shape: [2] }), good], 'has 1 elements, and its shape [2] is 2'],
    ['uneven data', [price([[1], [2, 3]], { shape: [2, 1] }), good], 'a list of 2 where 1 belong'],
    ['data that is too deep', [price([[1], [2]]), good], 'nested deeper than its shape [2]'],
    ['several values a row', [price([1, 2, 3, 4], { shape: [2, 2] }), good], 'has the shape [2, 2]'],
    ['no dimension', [price([1], { shape: [] }), good], 'has the shape []'],
    ['no rows', [price([]), day([])], 'price has no rows'],
    ['different rows', [price([1]), good], 'day has 2 rows, price has 1'],
    ['an element without end', [price([{ deep }, 1]), good], 'price has an object at 0'],
    ['no data', [{ ...price([1, 2]), data: undefined }, good], 'price has no data'],
  ])('%s is refused and named, and nothing is logged', async (_, inputs, words) => {
    const { infer, messages } = await started();
    const { status, body } = await infer(inputs);
    expect([status, body.code]).toEqual([400, 'DL_TENSOR_INVALID']);
    expect(body.error).toContain(words);
    expect(messages.predictions).toEqual([]);
  });

  test('every problem is named at once, an unknown output before anything is answered', async () => {
    const { infer, messages } = await started();
    const both = await infer([price(['x'])]);
    expect(both.body.error).toMatch(/price has "x" at 0.*day is missing/);
    const { status, body } = await infer([price([1]), day(['1'])], { outputs: [{ name: 'logits' }] });
    expect([status, body.code, messages.predictions]).toEqual([400, 'DL_TENSOR_INVALID', []]);
    expect(body.error).toContain('Ask for label, scores, predictionId, version');
    const twice = { outputs: [{ name: 'label' }, { name: 'label' }] };
    expect((await infer([price([1]), day(['1'])], twice)).body.error).toContain('label is wanted twice');
  });

  test.each([
    [
      'NaN',
      '{"inputs": [{"name": "price", "shape": [1], "datatype": "FP64", "data": [NaN]}]}',
      'DL_BODY_NOT_JSON',
    ],
    [
      'infinity',
      '{"inputs": [{"name": "price", "shape": [1], "datatype": "FP64", "data": [1e999]}]}',
      'DL_TENSOR_INVALID',
    ],
    ['no inputs', '{"inputs": []}', 'DL_BODY_INVALID'],
    [
      'a shape that is none',
      '{"inputs": [{"name": "price", "shape": [-1], "datatype": "FP64", "data": [1]}]}',
      'DL_BODY_INVALID',
    ],
    ['a parameter that is an object', '{"inputs": [], "parameters": {"a": {}}}', 'DL_BODY_INVALID'],
    ['a body that is too large', JSON.stringify({ id: 'x'.repeat(20_000) }), 'DL_BODY_TOO_LARGE'],
  ])('%s is refused in the shape of the protocol', async (_, sent, code) => {
    const { ask } = await started();
    const { body } = await ask('/v2/models/meter/infer', sent);
    expect(body).toMatchObject({ error: expect.any(String), code });
  });

  test('binary tensors are refused with what to tell the client', async () => {
    const { send } = await started();
    const headers = { 'inference-header-content-length': '2' };
    const answer = await send('/v2/models/meter/infer', { method: 'POST', body: '{}\0', headers });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: expect.stringContaining('binary_data=False') },
    ]);
  });

  test.each([
    ['numbers of any width', number(), { datatype: 'INT8', shape: [2], data: [1, -2] }, [1, -2]],
    [
      'codes of a category',
      category(['1']),
      { datatype: 'INT32', shape: [2, 1], data: [[1], [2]] },
      ['1', '2'],
    ],
    [
      'truth values of a category',
      category(['true']),
      { datatype: 'BOOL', shape: [1], data: [true] },
      ['true'],
    ],
    ['texts', text(), { datatype: 'BYTES', shape: [1], data: ['a text'] }, ['a text']],
  ])('takes %s', async (_, feature, tensor, kept) => {
    const { infer, messages } = await started({ config: meterConfig({ input: { it: feature } }) });
    expect((await infer([{ name: 'it', ...tensor }])).status).toBe(200);
    expect(messages.predictions.map(({ input }) => input['it'])).toEqual(kept);
  });

  test('takes an image encoded and as pixels, with and without its channels', async () => {
    const photo = image({ width: 2, height: 1, channels: 1 });
    const { infer, messages } = await started({ config: meterConfig({ input: { photo } }) });
    const pixels = { name: 'photo', datatype: 'UINT8', data: [0, 10, 20, 255] };
    for (const shape of [
      [2, 1, 2],
      [2, 1, 2, 1],
    ])
      // oxfmt-ignore
      expect((await infer([{ ...pixels, shape }])).status).toBe(200);
    const sent = messages.predictions.map(({ input }) => input['photo']);
    expect(sent.slice(0, 2)).toEqual(sent.slice(2));
    expect(sent[0]).not.toBe(sent[1]);
    const encoded = { name: 'photo', datatype: 'BYTES', shape: [2], data: sent.slice(0, 2) };
    expect((await infer([encoded])).status).toBe(200);
    expect(messages.predictions.slice(4).map(({ input }) => input['photo'])).toEqual(sent.slice(0, 2));
    expect((await infer([{ ...pixels, shape: [4] }])).body.error).toContain('[rows, height, width]');
  });

  test.each([
    [regression(), { value: 2.5 }, { name: 'value', datatype: 'FP64', shape: [1], data: [2.5] }],
    [generation(), { text: 'Monday' }, { name: 'text', datatype: 'BYTES', shape: [1], data: ['Monday'] }],
    [
      multiLabel({ labels: ['a', 'b'] }),
      { labels: ['b'], scores: { a: 0.1, b: 0.9 } },
      { name: 'labels', datatype: 'BOOL', shape: [1, 2], data: [false, true] },
    ],
  ])('the task $kind answers tensors of its own', async (task, answer, first) => {
    const { infer } = await started({ config: { ...meterConfig(), task }, answer });
    const { body } = await infer([price([1]), day(['1'])]);
    expect(body.outputs[0]).toEqual(first);
  });
});

test('data is the same nested as its shape is, and flat', () => {
  const shapes = array(integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
  assert(
    property(shapes, (shape) => {
      const flat = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
      let nested: unknown[] = flat;
      for (const side of shape.slice(1).reverse())
        nested = Array.from({ length: nested.length / side }, (_, i) =>
          nested.slice(i * side, (i + 1) * side),
        );
      expect(elementsOf(nested, shape)).toEqual({ elements: flat });
      expect(elementsOf(flat, shape)).toEqual({ elements: flat });
    }),
  );
});
