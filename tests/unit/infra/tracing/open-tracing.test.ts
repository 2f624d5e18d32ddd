import { expect, onTestFinished, test } from 'vitest';
import { DriftloopError } from '../../../../domain/errors.ts';
import { openTracing } from '../../../../infra/tracing/open-tracing.ts';
import { traceCollector } from '../../../support/trace-collector.ts';
import { webhookReceiver } from '../../../support/webhook-receiver.ts';

async function collecting() {
  const collector = await traceCollector();
  onTestFinished(() => collector.close());
  return collector;
}

test('what is begun within a span belongs to it, across whatever is awaited, and beside others', async () => {
  const collector = await collecting();
  const tracing = collector.open('driftloop-test');
  const one = (name: string) =>
    tracing.span(name, {}, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await tracing.span(`${name} inner`, { facts: { n: 1, left: null } }, async (span) =>
        span.event('said', { what: 'hi' }),
      );
    });
  expect(tracing.current()).toBeNull();
  await Promise.all([one('a'), one('b')]);
  const spans = await collector.all();
  for (const name of ['a', 'b']) {
    const outer = spans.find((span) => span.name === name)!;
    expect(outer.parentSpanId ?? '').toBe('');
    expect(spans.find((span) => span.name === `${name} inner`)).toMatchObject({
      service: 'driftloop-test',
      traceId: outer.traceId,
      parentSpanId: outer.spanId,
      facts: { n: 1 },
      events: [{ name: 'said', facts: { what: 'hi' } }],
    });
  }
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
});

test('a context that came from elsewhere is gone on with, its state and its decision not to sample too', async () => {
  const collector = await collecting();
  const tracing = collector.open('driftloop-test');
  const from = (flags: string) => ({
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-${flags}`,
    tracestate: 'vendor=1',
  });
  const heard = await tracing.span('kept', { parent: from('01') }, async ({ context }) => context);
  expect(heard.traceparent).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/);
  expect(heard.tracestate).toBe('vendor=1');
  const unsampled = await tracing.span('passed over', { parent: from('00') }, async ({ context }) => context);
  expect(unsampled.traceparent).toMatch(/^00-a{32}-[0-9a-f]{16}-00$/);
  const spans = await collector.all();
  expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([['kept', 'b'.repeat(16)]]);
});

test('a span fails with its work, by the code of an error of ours', async () => {
  const collector = await collecting();
  const tracing = collector.open('driftloop-test');
  const error = new DriftloopError('DL_UNKNOWN_RUN', 'No run r.', { fix: 'List them.' });
  await expect(tracing.span('bad', {}, () => Promise.reject(error))).rejects.toBe(error);
  const [span] = await collector.all();
  expect(span).toMatchObject({ status: { code: 2 }, facts: { 'error.type': 'DL_UNKNOWN_RUN' } });
});

test('a span of a workflow keeps the id by which its parts know it', async () => {
  const collector = await collecting();
  const context = { traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01` };
  collector.open('driftloop-worker').record({
    name: 'RunWorkflow:retrain',
    context,
    parent: null,
    startMs: 1_000,
    endMs: 61_000,
    facts: { 'driftloop.model': 'meter' },
    problem: null,
  });
  const [span] = await collector.all();
  expect(span).toMatchObject({
    traceId: 'c'.repeat(32),
    spanId: 'd'.repeat(16),
    startTimeUnixNano: '1000000000',
    endTimeUnixNano: '61000000000',
    facts: { 'driftloop.model': 'meter' },
  });
});

test('a collector that is away fails nothing, keeps nobody, and is said once', async () => {
  const logged: string[] = [];
  const say = (_: unknown, message: string) => void logged.push(message);
  const refusing = await webhookReceiver();
  onTestFinished(() => refusing.close());
  // At once and for good: it is not tried again.
  refusing.answers.status = () => 404;
  const tracing = openTracing({
    settings: { url: `${refusing.address}/v1/traces`, caller: null },
    service: 'driftloop-test',
    namespace: 'default',
    log: { warn: say, info: say },
  });
  // Twice as many as one post carries.
  for (let n = 0; n < 1_024; n += 1) expect(await tracing.span('s', {}, async () => n)).toBe(n);
  await expect.poll(() => refusing.heard.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
  await tracing.close();
  expect(logged).toEqual(['traces cannot be sent and are dropped; everything else goes on']);
});
