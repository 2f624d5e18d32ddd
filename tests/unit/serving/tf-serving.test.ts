import { describe, expect, test } from 'vitest';
import { image, number, text } from '../../../domain/input.ts';
import { multiLabel, regression } from '../../../domain/task.ts';
import { servingApp } from '../../fakes/serving-app.ts';
import { meterConfig } from '../../fakes/serving-world.ts';

const trial = { challenger: { version: 'v2', share: 0.25 } };

async function started(options: Parameters<typeof servingApp>[0] = {}) {
  const server = await servingApp(options);
  await server.follower.start();
  const get = async (path: string) => {
    const answer = await server.send(path);
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  return { ...server, get };
}
type Json = { error: string; code: string; fix: string; model_version_status: object[] };

describe('predict', () => {
  test('columns are answered by columns, as the metadata names them', async () => {
    const { post, messages } = await started();
    const { status, body } = await post('/v1/models/meter:predict', {
      signature_name: 'serving_default',
      inputs: { price: [1, [2], null], day: ['1', 2, '2'] },
      context: { household: 'h1' },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      outputs: {
        label: ['v1', 'v1', 'v1'],
        scores: [[0, 0], [0, 0], [0, 0]], // oxfmt-ignore
        predictionId: messages.predictions.map(({ predictionId }) => predictionId),
        version: ['v1', 'v1', 'v1'],
      },
    });
    expect(messages.predictions.map(({ input }) => input)).toEqual([
      { price: 1, day: '1' },
      { price: 2, day: '2' },
      { price: null, day: '2' },
    ]);
    expect(messages.predictions[0]!.context).toEqual({ household: 'h1' });
  });

  test('a model with one input takes bare values, by rows and by columns', async () => {
    const { post, messages } = await started({ config: meterConfig({ input: { note: text() } }) });
    for (const body of [{ instances: ['a', 'b'] }, { inputs: ['a', 'b'] }, { inputs: { note: ['a', 'b'] } }])
      expect((await post('/v1/models/meter:predict', body)).status).toBe(200);
    expect(messages.predictions.map(({ input }) => input['note'])).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });

  test('encoded bytes under b64 are an image, not a row', async () => {
    const photo = image({ width: 1, height: 1, channels: 1 });
    const { post } = await started({ config: meterConfig({ input: { photo } }) });
    const pixel = [[7]];
    const { body } = await post('/v1/models/meter:predict', { instances: [{ b64: 'AAAA' }, pixel] });
    expect(body.error.message).toMatch('instances[0].photo: cannot be seen');
    expect((await post('/v1/models/meter:predict', { instances: [pixel] })).status).toBe(200);
  });

  test.each([
    ['rows and columns at once', { instances: [{}], inputs: { price: [1] } }, 'not both'],
    ['neither', {}, 'must be given'],
    ['another signature', { instances: [{}], signature_name: 'regress' }, '"serving_default"'],
    [
      'columns of different lengths',
      { inputs: { price: [1, 2], day: ['1'] } },
      'price has 2 rows, day has 1',
    ],
    ['no rows', { inputs: { price: [] } }, 'no rows'],
    ['no columns', { inputs: {} }, 'no rows'],
    ['one column for two inputs', { inputs: [1, 2] }, 'several inputs'],
    ['a column that is a value', { inputs: { price: 1 } }, 'object of columns'],
  ])('%s are refused, and nothing is logged', async (_, sent, words) => {
    const { post, messages } = await started();
    const { status, body } = await post('/v1/models/meter:predict', sent);
    expect([status, body.error.code]).toEqual([400, 'DL_BODY_INVALID']);
    expect(body.error.message).toMatch(words);
    expect(messages.predictions).toEqual([]);
  });

  test('a column that nobody declared is refused like a field', async () => {
    const { post } = await started();
    const { status, body } = await post('/v1/models/meter:predict', { inputs: { prize: [1] } });
    expect([status, body.error.code]).toEqual([400, 'DL_INPUT_INVALID']);
  });
});

describe('a version that is asked for by name', () => {
  test.each([
    ['versions/v1', 'v1'],
    ['versions/2', 'v2'],
    ['labels/champion', 'v1'],
    ['labels/challenger', 'v2'],
  ])('%s is answered by %s alone, whatever the route would have chosen', async (name, version) => {
    const { post, messages } = await started({ ...trial, entity: false });
    const instances = Array.from({ length: 40 }, () => ({}));
    const { status, body } = await post(`/v1/models/meter/${name}:predict`, { instances });
    expect(status).toBe(200);
    expect(new Set(body.predictions.map((one) => `${one.version} ${one.label}`))).toEqual(
      new Set([`${version} ${version}`]),
    );
    expect(new Set(messages.predictions.map((one) => one.version))).toEqual(new Set([version]));
  });

  test('a challenger that fails is not answered for by the champion', async () => {
    const { post, failing, messages } = await started(trial);
    failing.add('v2');
    const { status } = await post('/v1/models/meter/versions/v2:predict', { instances: [{}] });
    expect([status, messages.predictions]).toEqual([500, []]);
  });

  test.each(['versions/v9', 'labels/stable', 'versions/champion'])(
    '%s is not found, with those that answer; the error is a text, as clients of TensorFlow Serving print it',
    async (name) => {
      const { post, get } = await started(trial);
      const answers = [
        (await post(`/v1/models/meter/${name}:predict`, { instances: [{}] })) as unknown,
        await get(`/v1/models/meter/${name}`),
        await get(`/v1/models/meter/${name}/metadata`),
      ];
      for (const answer of answers)
        expect(answer).toMatchObject({
          status: 404,
          body: {
            code: 'DL_VERSION_NOT_SERVED',
            error: expect.stringContaining('Here v1 (champion) and v2 (challenger) answer'),
          },
        });
    },
  );
});

describe('what is said of a model', () => {
  test('the status of one version, by its name and by its label', async () => {
    const { get } = await started(trial);
    for (const name of ['versions/v2', 'versions/2', 'labels/challenger'])
      expect((await get(`/v1/models/meter/${name}`)).body).toEqual({
        model_version_status: [
          expect.objectContaining({
            version: 'v2',
            state: 'AVAILABLE',
            status: { error_code: 'OK', error_message: '' },
          }),
        ],
      });
  });

  test('the metadata has the shape of TensorFlow Serving', async () => {
    const { get } = await started();
    const { status, body } = await get('/v1/models/meter/metadata');
    const info = (name: string, dtype: string, ...sizes: string[]) => ({
      name,
      dtype,
      tensor_shape: { dim: sizes.map((size) => ({ size, name: '' })), unknown_rank: false },
    });
    expect([status, body]).toEqual([
      200,
      {
        model_spec: { name: 'meter', signature_name: '', version: 'v1' },
        metadata: {
          signature_def: {
            signature_def: {
              serving_default: {
                inputs: { price: info('price', 'DT_DOUBLE', '-1'), day: info('day', 'DT_STRING', '-1') },
                outputs: {
                  label: info('label', 'DT_STRING', '-1'),
                  scores: info('scores', 'DT_DOUBLE', '-1', '2'),
                  predictionId: info('predictionId', 'DT_STRING', '-1'),
                  version: info('version', 'DT_STRING', '-1'),
                },
                method_name: 'tensorflow/serving/predict',
              },
            },
          },
        },
      },
    ]);
  });

  test('before there is a champion, both say how to get one', async () => {
    const { get } = await started({ routed: false });
    for (const path of ['/v1/models/meter/metadata', '/v1/models/meter/labels/champion'])
      expect(await get(path)).toMatchObject({ status: 503, body: { code: 'DL_NO_CHAMPION' } });
  });
});

test.each([
  [regression(), { value: 2.5 }, { value: [2.5] }],
  [
    multiLabel({ labels: ['a', 'b'] }),
    { labels: ['b'], scores: { a: 0.1, b: 0.9 } },
    { labels: [[false, true]], scores: [[0.1, 0.9]] },
  ],
])('columns of the task $kind', async (task, answer, outputs) => {
  const config = { ...meterConfig({ input: { price: number() } }), task };
  const { post } = await started({ config, answer });
  const { body } = await post('/v1/models/meter:predict', { inputs: { price: [1] } });
  expect((body as unknown as { outputs: object }).outputs).toMatchObject(outputs);
});
