import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Context } from '@temporalio/activity';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { traceServing } from '../../cli/roles/trace-serving.ts';
import { createAlertWebhook } from '../../console/alert-webhook.ts';
import { topics } from '../../domain/messages.ts';
import { workflowIds } from '../../domain/names.ts';
import type { Loop } from '../../domain/ports.ts';
import { connect } from '../../infra/kafka/connection.ts';
import { createMessageLog } from '../../infra/kafka/message-log.ts';
import { runIngest } from '../../infra/kafka/run-ingest.ts';
import { ensureTopics } from '../../infra/kafka/topics.ts';
import { createChildTrainer } from '../../infra/tensorflow/child-trainer.ts';
import { traceRequests } from '../../infra/tracing/trace-requests.ts';
import { tracedTrainer } from '../../infra/tracing/traced-trainer.ts';
import { fakePeople } from '../fakes/people.ts';
import { alertRow, regretTrigger, rolloutOf, scriptedLoop, seen, settings } from '../fakes/scripted-loop.ts';
import { servingApp } from '../fakes/serving-app.ts';
import { openTestDatabase, startTestPostgres } from '../support/test-database.ts';
import { startTestKafka } from '../support/test-kafka.ts';
import { startTestTemporal } from '../support/test-temporal.ts';
import type { Teller } from '../support/test-temporal.ts';
import { traceCollector } from '../support/trace-collector.ts';
import type { CollectedSpan } from '../support/trace-collector.ts';
import { planJob } from '../support/training-files.ts';

/** One trace over real services, as a collector gets it from the processes that it runs through. */

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let kafka: Awaited<ReturnType<typeof startTestKafka>>;
let temporal: Awaited<ReturnType<typeof startTestTemporal>>;
beforeAll(async () => {
  [postgres, kafka, temporal] = await Promise.all([
    startTestPostgres(),
    startTestKafka(),
    startTestTemporal(),
  ]);
});
afterAll(() => Promise.all([postgres?.stop(), kafka?.stop(), temporal?.stop()]));

const caller = { trace: 'a1'.repeat(16), span: 'b2'.repeat(8) };
const headers = { traceparent: `00-${caller.trace}-${caller.span}-01` };

async function collecting() {
  const collector = await traceCollector();
  onTestFinished(() => collector.close());
  return collector;
}

/** The span of this name; there is one. Of an activity that a busy machine made Temporal try again, the last try. */
function only(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const named = spans.filter((span) => span.name === name);
  const attempt = Math.max(...named.map(({ facts }) => Number(facts['driftloop.attempt'] ?? 1)));
  const found = named.filter(({ facts }) => Number(facts['driftloop.attempt'] ?? 1) === attempt);
  expect(found.map((span) => span.name)).toEqual([name]);
  return found[0]!;
}

/** Every record of a topic, with the headers that it has. */
async function recordsOf(topic: string, atLeast: number) {
  // A reader leaves when its last question is answered.
  const consumer = connect(kafka, 'driftloop-test').consumer({
    groupId: `reads-${topic}`,
    maxWaitTimeInMs: 100,
  });
  const records: { headers: object }[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => void records.push({ headers: message.headers ?? {} }),
  });
  await expect.poll(() => records.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(atLeast);
  await consumer.disconnect();
  return records;
}

test('a request, what it publishes and what ingest makes of it are one trace of its caller', async () => {
  const collector = await collecting();
  const [server, monitor] = [collector.open('driftloop-server'), collector.open('driftloop-monitor')];
  const db = await openTestDatabase(postgres.databaseUrl);
  onTestFinished(() => db.close());
  await ensureTopics(kafka, db.namespace);
  const traces = await traceServing(server, db);
  const log = await createMessageLog({ kafka, namespace: db.namespace, traces: traces.messages });
  onTestFinished(() => log.close());
  const { post, follower } = await servingApp({ log, traces });
  await follower.start();
  const answer = await post('/v1/models/meter:predict', { instances: [{ price: 1, day: '1' }] }, headers);
  expect(answer.status).toBe(200);
  const feedback = { predictionId: answer.body.predictions[0]!.predictionId, kind: 'label', value: 'UP' };
  expect((await post('/v1/feedback', feedback)).status).toBe(200);

  const stopping = new AbortController();
  const { namespace, stores } = db;
  const ingest = runIngest({ kafka, namespace, stores, signal: stopping.signal, tracing: monitor });
  const { predictions: topic, feedback: feedbackTopic } = topics(namespace);
  await expect
    .poll(
      async () => {
        const events = await stores.totals.eventTotals();
        return [events.predictions, events.feedback];
      },
      { timeout: 90_000 },
    )
    .toEqual([1, 1]);
  stopping.abort();
  await ingest;

  const spans = await collector.all();
  const ours = spans.filter(({ traceId }) => traceId === caller.trace);
  const [asked, sent, taken] = ['POST /v1/models/:target', `send ${topic}`, `process ${topic}`].map((name) =>
    only(ours, name),
  ) as [CollectedSpan, CollectedSpan, CollectedSpan];
  expect([asked.parentSpanId, sent.parentSpanId, taken.parentSpanId]).toEqual([
    caller.span,
    asked.spanId,
    sent.spanId,
  ]);
  expect([asked, sent, taken].map(({ service }) => service)).toEqual([
    'driftloop-server',
    'driftloop-server',
    'driftloop-monitor',
  ]);
  expect([asked, sent, taken].map(({ kind }) => kind)).toEqual([2, 4, 5]);
  expect(taken.links).toMatchObject([{ traceId: caller.trace, spanId: sent.spanId }]);
  expect(taken.facts).toMatchObject({
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.consumer.group.name': `${namespace}.driftloop.ingest`,
  });
  // Feedback that nobody traced before begins a trace of its own, and is joined as well.
  const [given, gone, heard] = ['POST /v1/feedback', `send ${feedbackTopic}`, `process ${feedbackTopic}`].map(
    (name) => only(spans, name),
  ) as [CollectedSpan, CollectedSpan, CollectedSpan];
  expect(given.traceId).not.toBe(caller.trace);
  expect([gone.traceId, heard.traceId]).toEqual([given.traceId, given.traceId]);
  expect(collector.logged).toEqual([]);
});

test('without traces no record has a header, whatever the request says of one', async () => {
  const namespace = `plain-${Date.now().toString(36)}`;
  await ensureTopics(kafka, namespace);
  const log = await createMessageLog({ kafka, namespace });
  onTestFinished(() => log.close());
  const { post, follower } = await servingApp({ log });
  await follower.start();
  const body = { instances: [{ price: 1, day: '1' }] };
  expect((await post('/v1/models/meter:predict', body, headers)).status).toBe(200);
  expect(await recordsOf(topics(namespace).predictions, 1)).toEqual([{ headers: {} }]);
});

/** Waits until the workflow of the newest run has ended, which is when it tells of itself; returns its execution. */
async function runGone({ client, namespace }: Pick<Teller, 'client' | 'namespace'>): Promise<string> {
  const run = client.workflow.getHandle(workflowIds.retrain(namespace, 'meter'));
  await expect.poll(async () => (await run.describe()).status.name, { timeout: 60_000 }).not.toBe('RUNNING');
  return (await run.describe()).runId;
}

/** A real training of a second or two, of which the gpu worker makes a span. */
async function tracedFineTune(gpu: Parameters<typeof tracedTrainer>[1]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-traced-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const trainer = tracedTrainer(createChildTrainer(), gpu);
  return async () => {
    const context = Context.current();
    // As the real activity does, from the first moment on: the child may need a while to say anything.
    const heart = setInterval(() => context.heartbeat(), 250);
    try {
      const report = await trainer.fineTune(await planJob(folder), { onProgress: () => {} });
      return { digest: 'digest-2', parent: 'v1', report };
    } finally {
      clearInterval(heart);
    }
  };
}

/** Alertmanager's door, as the console opens it. */
function alertDoor(loop: Loop, tracing: Parameters<typeof traceRequests>[0]) {
  const app = new Hono();
  app.use(traceRequests(tracing));
  const { doorkeeper } = fakePeople({ token: 'a-token', localUser: null });
  const alerts = { record: async () => [alertRow()] };
  app.route('/', createAlertWebhook({ alerts, loop, namespace: 'default', doorkeeper, log: { error() {} } }));
  return (more: Record<string, string>) =>
    app.request('http://console/alerts', {
      method: 'POST',
      headers: { authorization: 'Bearer a-token', ...more },
      body: JSON.stringify({ alerts: [] }),
    });
}

test('an alert, the run that it begins, its training, the gate and each step of the rollout are one trace', async () => {
  const collector = await collecting();
  const [console_, worker, gpu] = ['console', 'worker', 'worker-gpu'].map((role) =>
    collector.open(`driftloop-${role}`),
  ) as [
    ReturnType<typeof collector.open>,
    ReturnType<typeof collector.open>,
    ReturnType<typeof collector.open>,
  ];
  const { fingerprint, startsAt } = alertRow();
  const scripted = scriptedLoop({
    watchForTrigger: async ({ inFlight, alerts }) =>
      inFlight === null && alerts.length > 0
        ? { kind: 'trigger', runId: 'run-1', trigger: { ...regretTrigger, alert: { fingerprint, startsAt } } }
        : { kind: 'quiet', lookAgainInMs: 3_600_000 },
    beginRun: async () =>
      settings({ rollout: rolloutOf(100, { shadow: true, canary: [0.25], bake: false }) }),
    judgeStep: async () => seen({ kind: 'successful', sentence: 'All well.' }),
    fineTune: await tracedFineTune(gpu),
  });
  const tell = async ({ loop, ...teller }: Teller) => {
    expect((await alertDoor(loop, console_)(headers)).status).toBe(200);
    await expect.poll(() => scripted.outcomes.get('run-1')?.kind, { timeout: 90_000 }).toBe('promoted');
    await runGone(teller);
  };
  await temporal.tell(scripted, tell, { console: console_, worker, gpu });

  const spans = await collector.all();
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([caller.trace]));
  const tuning = only(spans, 'RunActivity:fineTune');
  const training = spans.find((span) => span.name === 'train' && span.parentSpanId === tuning.spanId);
  const [door, said, run, rollout] = [
    'POST /alerts',
    'SignalWithStartWorkflow:alertFired',
    'RunWorkflow:retrain',
    'RunWorkflow:rollout',
  ].map((name) => only(spans, name)) as [CollectedSpan, CollectedSpan, CollectedSpan, CollectedSpan];
  expect(
    [door, said, run, tuning, training, rollout].map((span) => [span!.service, span!.parentSpanId]),
  ).toEqual([
    ['driftloop-console', caller.span],
    ['driftloop-console', door.spanId],
    ['driftloop-worker', said.spanId],
    ['driftloop-worker-gpu', run.spanId],
    ['driftloop-worker-gpu', tuning.spanId],
    ['driftloop-worker', run.spanId],
  ]);
  expect(run.facts).toMatchObject({
    'driftloop.model': 'meter',
    'driftloop.run.id': 'run-1',
    'driftloop.outcome': 'promoted',
  });
  expect(training!.facts).toMatchObject({
    'driftloop.model': 'plans',
    'driftloop.training.steps': expect.any(Number),
  });
  expect(training!.events.map(({ name }) => name)).toContain('epoch');
  expect(training!.events.at(-1)!.facts['driftloop.training.loss']).toEqual(expect.any(Number));
  expect(only(spans, 'RunActivity:evaluateChallenger')).toMatchObject({
    parentSpanId: run.spanId,
    facts: { 'driftloop.gate.verdict': 'promote' },
  });
  const steps = spans.filter(({ name }) => name.startsWith('rollout '));
  expect(
    steps.map(({ name, parentSpanId, facts }) => [name, parentSpanId, facts['driftloop.rollout.share']]),
  ).toEqual([
    ['rollout shadow', rollout.spanId, 1],
    ['rollout canary', rollout.spanId, 0.25],
  ]);
  const looks = spans.filter(({ name }) => name === 'RunActivity:judgeStep');
  for (const { spanId, facts } of steps)
    expect(
      looks.filter(({ parentSpanId }) => parentSpanId === spanId).map((look) => look.facts),
    ).toContainEqual(
      expect.objectContaining({
        'driftloop.rollout.phase': facts['driftloop.rollout.phase'],
        'driftloop.rollout.judgement': 'successful',
      }),
    );
  // Nothing points to a span that nobody has sent, but to the caller's own.
  const ids = new Set([caller.span, ...spans.map(({ spanId }) => spanId)]);
  expect(spans.filter(({ parentSpanId }) => !ids.has(parentSpanId!))).toEqual([]);
  expect(ids.size).toBe(spans.length + 1);
});

test('a request for a run is its parent; a run that nobody asked for has the trace of its own id', async () => {
  const collector = await collecting();
  const [console_, worker] = [collector.open('driftloop-cli'), collector.open('driftloop-worker')];
  let looks = 0;
  const scripted = scriptedLoop({
    watchForTrigger: async () =>
      (looks += 1) === 1
        ? { kind: 'trigger', runId: 'run-own', trigger: regretTrigger }
        : { kind: 'quiet', lookAgainInMs: 3_600_000 },
    checkServability: async () => ({ isServable: false, sentence: 'It is too slow.' }) as never,
  });
  const workflows: Record<string, string> = {};
  await temporal.tell(
    scripted,
    async ({ loop, client, namespace }) => {
      const over = async (runId: string) => {
        await expect.poll(() => scripted.outcomes.get(runId)?.kind, { timeout: 60_000 }).toBe('rejected');
        workflows[runId] = await runGone({ client, namespace });
      };
      await loop.ensureSupervisor('meter');
      await over('run-own');
      const { runId } = await expect
        .poll(() => loop.requestRun('meter', { by: 'ada', reason: 'try' }).catch(() => null), {
          timeout: 30_000,
        })
        .not.toBeNull()
        .then(() => ({ runId: [...scripted.inputsOf('beginRun')].at(-1)!.runId }));
      await over(runId);
    },
    { console: console_, worker },
  );
  const spans = await collector.all();
  const runs = spans.filter(({ name }) => name === 'RunWorkflow:retrain');
  const own = runs.find(({ facts }) => facts['driftloop.run.id'] === 'run-own')!;
  expect(own).toMatchObject({ traceId: workflows['run-own']!.replaceAll('-', '') });
  expect(own.parentSpanId ?? '').toBe('');
  const begun = runs.find(({ facts }) => facts['driftloop.run.id'] !== 'run-own')!;
  expect(begun.traceId).not.toBe(own.traceId);
  // Those before it were refused, while the other run was in flight.
  const requests = spans.filter(({ name }) => name === 'UpdateWithStartWorkflow:requestRun');
  const parent = requests.find(({ spanId }) => spanId === begun.parentSpanId);
  expect(parent).toMatchObject({ traceId: begun.traceId, service: 'driftloop-cli' });
});

test('where traces are off, no role loads anything of the SDK', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const script = `
    import { createRequire } from 'node:module';
    const { openTracing } = await import('./cli/tracing.ts');
    for (const role of ['server', 'monitor', 'worker', 'worker-gpu', 'console']) await import('./cli/roles/' + role + '.ts');
    await import('./index.ts');
    const isOff = (await openTracing({ traces: null, namespace: 'default' }, { service: 'x', log: console })) === null;
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((file) => /@opentelemetry.(sdk|exporter|otlp|core|resources)/.test(file)).length;
    const before = loaded();
    await import('./infra/tracing/open-tracing.ts');
    console.log(JSON.stringify({ isOff, before, after: loaded() > 0 }));
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: root },
  );
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual({ isOff: true, before: 0, after: true });
});
