import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createMetricsReader } from '../../../../infra/prometheus/metrics-reader.ts';

let close = async () => {};
afterEach(() => close());

type Answer = { status?: number; body: unknown; afterMs?: number };
/** A server that answers as Prometheus would; keeps what it was asked. */
async function prometheus(answer: (path: string) => Answer) {
  const asked: { path: string; body: URLSearchParams; authorization: string | undefined }[] = [];
  const read = async (request: IncomingMessage) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    return text;
  };
  const server = createServer((request, response) => {
    void read(request).then((text) => {
      const path = request.url ?? '';
      asked.push({ path, body: new URLSearchParams(text), authorization: request.headers.authorization });
      const { status = 200, body, afterMs = 0 } = answer(path);
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      }, afterMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    close = async () => {};
  };
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
const success = (data: unknown): Answer => ({ body: { status: 'success', data } });
const vector = (...result: [Record<string, string>, string][]) =>
  success({ resultType: 'vector', result: result.map(([metric, value]) => ({ metric, value: [1, value] })) });
const reader = (url: string, timeoutMs = 1_000) =>
  createMetricsReader({ url, namespace: 'default', timeoutMs });

test('a query gives values; what is not a number is not a value', async () => {
  const { host, asked } = await prometheus(() =>
    vector(
      [{ feature: 'a' }, '0.25'],
      [{ feature: 'b' }, 'NaN'],
      [{ feature: 'c' }, '+Inf'],
      [{ feature: 'd' }, '-Inf'],
    ),
  );
  expect(await reader(`http://${host}`).query('driftloop:psi:window')).toEqual([
    { labels: { feature: 'a' }, value: 0.25 },
  ]);
  expect(await reader(`http://${host}`).values('x')).toEqual([0.25, NaN, Infinity, -Infinity]);
  expect(asked[0]?.path).toBe('/api/v1/query');
  expect(asked[0]?.body.get('query')).toBe('driftloop:psi:window');
});

test('a scalar is a value without labels', async () => {
  const { host } = await prometheus(() => success({ resultType: 'scalar', result: [1, '3'] }));
  expect(await reader(`http://${host}`).query('3')).toEqual([{ labels: {}, value: 3 }]);
});

test('a range gives points in milliseconds, with gaps where there was no number', async () => {
  const values = [
    [1.5, '1'],
    [2.5, 'NaN'],
    [3.5, '2'],
  ];
  const { host, asked } = await prometheus(() =>
    success({ resultType: 'matrix', result: [{ metric: { version: 'v1' }, values }] }),
  );
  const found = await reader(`http://${host}`).range('x', {
    from: new Date(1_500),
    to: new Date(3_500),
    stepMs: 500,
  });
  expect(found).toEqual([
    {
      labels: { version: 'v1' },
      points: [
        [1_500, 1],
        [3_500, 2],
      ],
    },
  ]);
  expect(Object.fromEntries(asked[0]!.body)).toMatchObject({ start: '1.5', end: '3.5', step: '0.5' });
});

test('firing alerts are those of this model and namespace that are detected, not those that wait', async () => {
  const labels = { alertname: 'DriftloopRegret', namespace: 'default', model: 'churn', level: 'detected' };
  const one = (over: object, state = 'firing') => ({
    labels: { ...labels, ...over },
    annotations: { sentence: 'So it is.' },
    state,
    activeAt: '2026-03-01T12:00:00.123456789Z',
    value: '5e+01',
  });
  const { host } = await prometheus(() =>
    success({
      alerts: [
        one({}),
        one({}, 'pending'),
        one({ level: 'suspected' }),
        one({ model: 'fraud' }),
        one({ namespace: 'staging' }),
      ],
    }),
  );
  expect(await reader(`http://${host}`).firing('churn')).toEqual([
    {
      alertname: 'DriftloopRegret',
      labels,
      annotations: { sentence: 'So it is.' },
      activeAt: '2026-03-01T12:00:00.123Z',
    },
  ]);
});

test('a path and credentials in the address are kept', async () => {
  const { host, asked } = await prometheus(() => vector());
  await reader(`http://team:s%40cret@${host}/prom/`).query('up');
  expect(asked[0]?.path).toBe('/prom/api/v1/query');
  expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('team:s@cret').toString('base64')}`);
});

test('nobody there, an error of the server, and an answer that is none are worth another try', async () => {
  const { host } = await prometheus((path) =>
    path.includes('alerts') ? { status: 503, body: 'Service Unavailable' } : { body: '<html>login</html>' },
  );
  const unreachable = { code: 'DL_PROMETHEUS_UNREACHABLE', retryable: true };
  await expect(reader(`http://${host}`).firing('churn')).rejects.toMatchObject(unreachable);
  await expect(reader(`http://${host}`).query('up')).rejects.toMatchObject(unreachable);
  await close();
  await expect(reader(`http://${host}`).query('up')).rejects.toMatchObject(unreachable);
});

test('one that does not answer is given up in time', async () => {
  const { host } = await prometheus(() => ({ ...vector(), afterMs: 5_000 }));
  const began = performance.now();
  await expect(reader(`http://${host}`, 100).query('up')).rejects.toMatchObject({
    code: 'DL_PROMETHEUS_UNREACHABLE',
    message: expect.stringContaining('within 100 ms'),
  });
  expect(performance.now() - began).toBeLessThan(2_000);
});

test('a query that it does not understand is our mistake: trying again cannot help', async () => {
  const { host } = await prometheus(() => ({
    status: 400,
    body: { status: 'error', errorType: 'bad_data', error: 'parse error: unclosed left parenthesis' },
  }));
  await expect(reader(`http://${host}`).query('sum(')).rejects.toMatchObject({
    code: 'DL_PROMETHEUS_REFUSED',
    retryable: false,
    message: expect.stringContaining('unclosed left parenthesis'),
  });
});
