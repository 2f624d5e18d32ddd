import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import { traceRequests } from '../../../../infra/tracing/trace-requests.ts';
import { traceCollector } from '../../../support/trace-collector.ts';

test('a request is a span of its caller’s trace, named by its route; health is asked without one', async () => {
  const collector = await traceCollector();
  onTestFinished(() => collector.close());
  const app = new Hono();
  app.use(traceRequests(collector.open('driftloop-server')));
  app.onError((_, c) => c.text('no', 500));
  app.use('/v1/*', (_, next) => next());
  app.get('/healthz', (c) => c.text('ok'));
  app.get('/v1/runs/:id', (c) => c.text('a run'));
  app.post('/v1/broken', () => {
    throw new Error('away');
  });
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await app.request('http://host:8080/v1/runs/run-1?x=1', { headers: { traceparent } });
  await app.request('http://host/healthz');
  await app.request('http://host/v1/broken', { method: 'POST' });
  await app.request('http://host/v1/nowhere');
  const spans = await collector.all();
  expect(spans).toHaveLength(3);
  expect(spans[0]).toMatchObject({
    name: 'GET /v1/runs/:id',
    kind: 2,
    traceId: 'a'.repeat(32),
    parentSpanId: 'b'.repeat(16),
    facts: {
      'http.request.method': 'GET',
      'http.route': '/v1/runs/:id',
      'http.response.status_code': 200,
      'url.path': '/v1/runs/run-1',
      'server.address': 'host',
      'server.port': 8080,
    },
  });
  expect(spans[1]).toMatchObject({
    name: 'POST /v1/broken',
    facts: { 'http.response.status_code': 500, 'error.type': '500' },
    status: { code: 2 },
  });
  expect(spans[2]).toMatchObject({ name: 'GET', facts: { 'http.response.status_code': 404 } });
  expect(spans[2]!.facts['http.route']).toBeUndefined();
});
