import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { describedDoors } from '../../../serving/openapi/described-doors.ts';
import { openApiDocument } from '../../../serving/openapi/document.ts';
import { text } from '../../../domain/input.ts';
import { generation } from '../../../domain/task.ts';
import { servingApp } from '../../fakes/serving-app.ts';
import { meterConfig } from '../../fakes/serving-world.ts';

const document = openApiDocument();
/** The schema of OpenAPI 3.1 itself (spec.openapis.org, 2026-08-03), its $dynamicRefs written as $refs for ajv. */
const openApi31 = JSON.parse(
  readFileSync(new URL('../../vectors/openapi/oas-3.1.schema.json', import.meta.url), 'utf8'),
) as object;

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'document', components: document.components });
const satisfiesOpenApi = ajv.compile(openApi31);

/** What is wrong with a value by a schema of the document; null where nothing is. */
function problemsOf(value: unknown, { $ref }: { $ref?: string }): unknown {
  if ($ref === undefined) return null;
  const validate = ajv.getSchema(`document${$ref}`)!;
  return validate(value) ? null : validate.errors;
}

test('the document is OpenAPI 3.1, and each of its schemas is one of JSON Schema 2020-12', () => {
  expect(satisfiesOpenApi(document), JSON.stringify(satisfiesOpenApi.errors)).toBe(true);
  expect(satisfiesOpenApi({ ...document, paths: { v1: {} } })).toBe(false);
  for (const [name, schema] of Object.entries(document.components.schemas))
    expect(ajv.validateSchema(schema), name).toBe(true);
  expect(new Set(describedDoors.map(({ id }) => id)).size).toBe(describedDoors.length);
});

test('every route of the app stands in it, and nothing else: serving/openapi/described-doors.ts', async () => {
  const { app } = await servingApp();
  const routes = app.routes.filter(({ method }) => method !== 'ALL');
  expect(describedDoors.map(({ route }) => route).toSorted()).toEqual(
    [...new Set(routes.map(({ method, path }) => `${method} ${path}`))].toSorted(),
  );
});

const writes = meterConfig({ task: generation(), input: { prompt: text() } });
const predictionId = '019a8f00-0000-7000-8000-000000000001';
const good = { predictionId, kind: 'label', value: 'UP' };
const tensors = [
  { name: 'price', shape: [1], datatype: 'FP64', data: [1] },
  { name: 'day', shape: [1], datatype: 'BYTES', data: ['1'] },
];
const hello = { model: 'meter', messages: [{ role: 'user', content: 'hello' }] };
const posts: Readonly<Record<string, { good: object[]; bad: object[] }>> = {
  PredictRequest: {
    good: [{ instances: [{ price: 1 }, {}] }, { inputs: { price: [1], day: ['1'] } }],
    bad: [{ instances: [] }, { inputs: { price: 1 } }, { instances: [{}], signature_name: 'regress' }],
  },
  FeedbackRequest: {
    good: [good, [good, { ...good, kind: 'retract', value: null }]],
    bad: [
      { ...good, kind: 'guess' },
      { kind: 'label', value: 1 },
    ],
  },
  ChatRequest: {
    good: [hello, { ...hello, temperature: 1, seed: 2, stop: ['\n'], metadata: { household: 'h1' } }],
    bad: [
      { model: 'meter', messages: [] },
      { ...hello, n: 2 },
      { ...hello, tools: [] },
    ],
  },
  InferRequest: {
    good: [{ inputs: tensors }, { id: '1', inputs: tensors, outputs: [{ name: 'label' }] }],
    bad: [{ inputs: [] }, { inputs: [{ name: 'price' }] }],
  },
};

test.each(describedDoors)('$route answers what the document says', async (door) => {
  const { app, follower, send, lose } = await servingApp(door.tag === 'OpenAI' ? { config: writes } : {});
  await follower.start();
  const [method = '', route = ''] = door.route.split(' ');
  const path = (door.path ?? route)
    .replaceAll(/\{model\}|:model/g, 'meter')
    .replaceAll(/\{version\}|:version/g, 'v1')
    .replaceAll(/\{label\}|:label/g, 'champion');
  const template = door.path ?? route.replaceAll(/:(\w+)/g, '{$1}');
  const described = document.paths[template]![method.toLowerCase()] as Described;

  const judge = async (answer: Response): Promise<number> => {
    const said = described.responses[answer.status] ?? described.responses['default'];
    const media = answer.headers.get('content-type')?.split(';')[0] ?? '';
    const schema = said?.content[media]?.schema;
    expect(schema, `${answer.status} ${media}`).toBeDefined();
    const text = await answer.text();
    if (media === 'application/json') expect(problemsOf(JSON.parse(text), schema!)).toBeNull();
    return answer.status;
  };
  const post = (body: unknown) => send(path, { method, body: JSON.stringify(body) });

  if (door.body === undefined) expect(await judge(await send(path))).toBe(200);
  else {
    const request = { $ref: `#/components/schemas/${door.body}` };
    for (const body of posts[door.body]!.good) {
      expect(problemsOf(body, request)).toBeNull();
      expect(await judge(await post(body))).toBe(200);
    }
    for (const body of posts[door.body]!.bad) {
      expect(problemsOf(body, request)).not.toBeNull();
      expect(await judge(await post(body))).toBe(400);
    }
  }
  const unknown = await app.request(path, { method, body: method === 'POST' ? '{}' : null });
  expect(await judge(unknown)).toBe(door.token ? 401 : 200);
  if (door.id === 'feedback') expect(await judge(await post([good, {}]))).toBe(207);
  if ('503' in door.answers) {
    lose();
    expect(await judge(await send(path))).toBe(503);
  }
});
type Described = { responses: Record<string, { content: Record<string, { schema: { $ref?: string } }> }> };
