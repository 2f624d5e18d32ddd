import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createApprovalActivities } from '../../../activities/approvals.ts';
import type { Approval } from '../../../domain/approval.ts';
import { parseConfig } from '../../../domain/config.ts';
import { createWebhook } from '../../../infra/webhook/signed-post.ts';
import { consoleWorld } from '../../fakes/console-world.ts';

const secret = Buffer.alloc(32, 7);
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Heard = { headers: Record<string, unknown>; body: string };

/** A chat tool on a port of its own, and what it was told. */
async function chatTool(status = 200): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closing.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard };
}

function activities(webhook: string) {
  const config = parseConfig({
    models: [
      {
        name: 'meter',
        task: { kind: 'classification', labels: ['a', 'b'] },
        input: { x: { kind: 'number' } },
        approval: { required: true, notify: { webhook } },
      },
    ],
  }).models[0]!;
  const approval: Approval = consoleWorld().approval;
  return createApprovalActivities(
    {
      models: { getPinned: async () => config } as never,
      runs: { get: async () => ({ version: 'v2' }), approval: async () => approval } as never,
      webhook: createWebhook(() => `whsec_${secret.toString('base64')}`),
    },
    { namespace: 'default', consoleUrl: 'https://driftloop.example.org' },
  );
}

const notice = {
  id: 'notice-1',
  event: 'requested',
  at: '2026-11-24T03:12:00.000Z',
  sentence: 'May v2 answer production? <!channel> & more',
} as const;
const asked = { runId: 'run-1', model: 'meter', configDigest: 'c', notice };

test('a chat tool is told, signed, with what an approval has to send back', async () => {
  const { url, heard } = await chatTool();
  await activities(url).postNotice(asked);
  const [{ headers, body }] = heard as [Heard];
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  expect(headers['webhook-id']).toBe('notice-1');
  expect(headers['webhook-signature']).toBe(
    `v1,${createHmac('sha256', secret).update(content).digest('base64')}`,
  );
  expect(JSON.parse(body)).toMatchObject({
    type: 'driftloop.approval.requested',
    timestamp: '2026-11-24T03:12:00.000Z',
    data: {
      model: 'meter',
      version: 'v2',
      runId: 'run-1',
      boundTo: { artifact: 'artifact-13', policy: 'policy-2' },
      page: 'https://driftloop.example.org/runs/run-1/approve',
    },
    // What somebody wrote calls no channel and links nowhere.
    text: '*meter*: May v2 answer production? &lt;!channel&gt; &amp; more\n<https://driftloop.example.org/runs/run-1/approve|Read and decide>',
  });
});

test('one that refuses is tried again', async () => {
  const { url } = await chatTool(503);
  await expect(activities(url).postNotice(asked)).rejects.toMatchObject({
    code: 'DL_WEBHOOK_REFUSED',
    retryable: true,
  });
});
