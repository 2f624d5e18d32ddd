import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import { category, number } from '../../../../domain/input.ts';
import { classification } from '../../../../domain/task.ts';
import { createTensorFlowServingClient } from '../../../../infra/model-server/tensorflow-serving.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

/** A server that follows its config file as TensorFlow Serving's documents say, and answers with `outputs`. */
async function serverOver(repository: string, outputs: unknown) {
  const asked: unknown[] = [];
  const isConfigured = async (name: string) =>
    (await readFile(path.join(repository, 'models.config'), 'utf8').catch(() => '')).includes(
      `name: "${name}"`,
    );
  const app = new Hono();
  app.use('/v1/models/:name/*', async (c, next) => {
    const name = c.req.param('name');
    if (!(await isConfigured(name)))
      return c.json({ error: `Could not find any versions of model ${name}` }, 404);
    return next();
  });
  app.get('/v1/models/:name/versions/1', (c) =>
    c.json({
      model_version_status: [{ version: '1', state: 'AVAILABLE', status: { error_code: 'OK' } }],
    }),
  );
  app.post('/v1/models/:name/versions/:door', async (c) => {
    asked.push(await c.req.json());
    return c.json({ outputs });
  });
  const url = await new Promise<string>((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
    onTestFinished(() => void server.close());
  });
  return { url, asked };
}

const model = {
  name: 'plans',
  task: classification({ labels: ['stay', 'leave'] }),
  input: { tenure: number(), plan: category(['free', 'team']) },
};

test('a version comes and goes by the config file, which names all that lie in the repository', async () => {
  const repository = tempFolder();
  const { url } = await serverOver(repository, []);
  const client = createTensorFlowServingClient(url, { repository, seenAt: '/models', timeoutMs: 5_000 });
  for (const name of ['plans--1', 'plans--2', '.plans--3-half']) await mkdir(path.join(repository, name));
  expect(await client.isReady('plans--1')).toBe(false);
  await client.load('plans--1');
  expect([await client.isReady('plans--1'), await client.isReady('plans--2')]).toEqual([true, true]);
  expect(await readFile(path.join(repository, 'models.config'), 'utf8')).toBe(
    `model_config_list {
  config { name: "plans--1" base_path: "/models/plans--1" model_platform: "tensorflow" }
  config { name: "plans--2" base_path: "/models/plans--2" model_platform: "tensorflow" }
}
`,
  );
  await client.unload('plans--1');
  expect([await client.isReady('plans--1'), await client.isReady('plans--2')]).toEqual([false, true]);
});

test.each([
  ['by its name', { scores: [[0.9, 0.1]], logits: [[2, -1]] }],
  ['alone', [[0.9, 0.1]]],
])('columns are asked, and an output is read %s', async (_, outputs) => {
  const repository = tempFolder();
  await mkdir(path.join(repository, 'plans--1'));
  const { url, asked } = await serverOver(repository, outputs);
  const client = createTensorFlowServingClient(url, { repository, seenAt: repository, timeoutMs: 5_000 });
  await client.load('plans--1');
  expect(await client.answer('plans--1', model, [{ tenure: 3, plan: 'free' }])).toEqual([
    { scores: { stay: 0.9, leave: 0.1 } },
  ]);
  expect(asked).toEqual([{ inputs: { tenure: [[3]], plan: [['free']] } }]);
});

test('an answer without the output says which are there', async () => {
  const repository = tempFolder();
  await mkdir(path.join(repository, 'plans--1'));
  const { url } = await serverOver(repository, { logits: [[2, -1]], other: [] });
  const client = createTensorFlowServingClient(url, { repository, seenAt: repository, timeoutMs: 5_000 });
  await client.load('plans--1');
  expect(await client.answer('plans--1', model, [{}])).toEqual({
    problem: 'there is no output "scores" among "logits", "other"',
  });
});
