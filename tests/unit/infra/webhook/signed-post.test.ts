import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { createWebhook } from '../../../../infra/webhook/signed-post.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const message = { secretEnv: 'SECRET', id: 'run-1-v2', body: '{"a":"ü"}', contentType: 'application/json' };
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

async function receiver(status: number) {
  const heard: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end('said');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard };
}

test('what is posted verifies with a library that somebody else has written', async () => {
  const { url, heard } = await receiver(202);
  expect(await createWebhook(() => secret).post({ url, ...message })).toEqual({ status: 202 });
  const { headers, body } = heard[0]!;
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({ a: 'ü' });
  const other = new Webhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`);
  expect(() => other.verify(body, headers as Record<string, string>)).toThrow('No matching signature');
});

test('any status is an answer, and a redirect is not followed', async () => {
  for (const status of [204, 302, 401, 500]) {
    const { url } = await receiver(status);
    expect(await createWebhook(() => secret).post({ url, ...message })).toEqual({ status });
  }
});

test('nobody there is an error that may pass', async () => {
  const asked = createWebhook(() => secret).post({ url: 'http://127.0.0.1:1/hook', ...message });
  await expect(asked).rejects.toMatchObject({ code: 'DL_WEBHOOK_UNREACHABLE', retryable: true });
});

test.each([undefined, '', 'whsec_short', 'not base64 at all, but long enough to be one'])(
  'without a usable secret (%s) nothing is sent, and the variable is named',
  async (value) => {
    const { url, heard } = await receiver(204);
    await expect(createWebhook(() => value).post({ url, ...message })).rejects.toMatchObject({
      code: 'DL_WEBHOOK_SECRET',
      retryable: true,
      message: expect.stringMatching(/^SECRET is/) as string,
      fix: expect.stringContaining('SECRET="whsec_') as string,
    });
    expect(heard).toEqual([]);
  },
);
