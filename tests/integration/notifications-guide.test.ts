import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import getPort from 'get-port';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, onTestFinished, test } from 'vitest';
import { toCloudEvent } from '../../domain/cloud-event.ts';
import { eventTypes } from '../../domain/events.ts';
import { createWebhook } from '../../infra/webhook/signed-post.ts';

/** What docs/notifications.md shows, as it stands there; its config is read where every page's is. */

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/notifications.md', root), 'utf8');
const block = (language: string) => page.match(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``))![1]!;

test('every type of event is named in the table', () => {
  const table = page.slice(page.indexOf('| type |'), page.indexOf('[The schema]'));
  const missing = eventTypes.filter((type) => {
    const [, noun, verb] = type.split('.');
    const row = table.split('\n').find((line) => line.includes(`${noun}.`) && line.includes(verb!));
    return row === undefined;
  });
  expect(missing).toEqual([]);
});

test('the event is one that the schema knows', () => {
  const schema = readFileSync(new URL('docs/reference/event.v1.schema.json', root), 'utf8');
  const isKnown = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(schema) as object,
  );
  isKnown(JSON.parse(block('json')));
  expect(isKnown.errors ?? []).toEqual([]);
});

test('the receiver verifies what is posted, and refuses what somebody else has signed', async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const port = await getPort();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', block('js')], {
    cwd: root,
    env: { ...process.env, DRIFTLOOP_WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const url = `http://127.0.0.1:${port}/`;
  await expect
    .poll(
      () =>
        fetch(url).then(
          (r) => r.status,
          () => 0,
        ),
      { timeout: 30_000 },
    )
    .toBe(401);
  const data = { version: 'v2', previous: 'v1', generation: 2, by: 'ada', because: 'Better.', runId: null };
  const event = {
    type: 'driftloop.champion.changed.v1',
    model: 'm',
    data,
    id: 'e1',
    at: '2026-03-02T00:00:00.000Z',
  } as const;
  const message = {
    url,
    secretEnv: 'SECRET',
    id: event.id,
    body: JSON.stringify(toCloudEvent(event, 'default')),
    contentType: 'application/cloudevents+json',
  };
  const said = once(child.stdout, 'data') as Promise<[Buffer]>;
  expect(await createWebhook(() => secret).post(message)).toEqual({ status: 204 });
  expect((await said)[0].toString()).toBe('driftloop.champion.changed.v1 m v2\n');
  const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  expect(await createWebhook(() => other).post(message)).toEqual({ status: 401 });
});
