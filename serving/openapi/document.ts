import { z } from 'zod';
import { release } from '../release.ts';
import { components, describedDoors } from './described-doors.ts';
import type { Component, DescribedDoor } from './described-doors.ts';

/**
 * The OpenAPI 3.1 document of the server, made from the schemas that check its requests. It says nothing of any model,
 * so it is there without a token; what a model takes is in its metadata, for those who may ask it.
 */
export function openApiDocument() {
  const paths: Record<string, Record<string, object>> = {};
  for (const door of describedDoors) {
    const [method = '', route = ''] = door.route.split(' ');
    const path = door.path ?? route.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(door, path) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Driftloop model server',
      version: release(),
      summary:
        'Predictions and feedback, in the shapes of TensorFlow Serving, of the Open Inference Protocol v2 and of OpenAI.',
    },
    // Wherever the document came from.
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: schemas(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf(door: DescribedDoor, path: string) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const answers = Object.entries(door.answers).map(([status, said]) => [
    status,
    said.includes('/')
      ? { description: describe[status] ?? 'Done', content: { [said]: { schema: {} } } }
      : {
          description: describe[status] ?? 'Done',
          content: { ...json(said as Component).content, ...(door.streams ? events : {}) },
        },
  ]);
  return {
    operationId: door.id,
    summary: door.summary,
    tags: [door.tag],
    security: door.token ? [{ bearer: [] }] : [],
    ...(names.length === 0 ? {} : { parameters: names.map(parameterOf) }),
    ...(door.body === undefined ? {} : { requestBody: { required: true, ...json(door.body) } }),
    responses: {
      ...Object.fromEntries(answers),
      ...(door.errors === 'none'
        ? {}
        : {
            default: {
              description: 'What is wrong, and what to do',
              headers: {
                'retry-after': { description: 'seconds, with 429 and 503', schema: { type: 'integer' } },
              },
              ...json(errorShapes[door.errors]),
            },
          }),
    },
  };
}

const errorShapes = { ours: 'Error', plain: 'PlainError', chat: 'ChatError' } as const;

const events = { 'text/event-stream': { schema: { type: 'string' } } };

const describe: Readonly<Record<string, string>> = { 207: 'Some were accepted', 503: 'Not yet' };

const parameterOf = (name: string) => ({
  name,
  in: 'path',
  required: true,
  schema: name === 'label' ? { type: 'string', enum: ['champion', 'challenger'] } : { type: 'string' },
});

const json = (component: Component) => ({
  content: { 'application/json': { schema: { $ref: refOf(component) } } },
});

const refOf = (id: string) => `#/components/schemas/${id}`;

function schemas(): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { io: 'input', uri: refOf }).schemas;
  return Object.fromEntries(
    // Here they stand in the document, under their names and by its dialect.
    Object.entries(made).map(([id, schema]) => [id, { ...schema, $schema: undefined, $id: undefined }]),
  );
}
