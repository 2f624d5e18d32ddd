import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Total } from '../../../domain/ingest-ports.ts';
import type { PredictionMessage } from '../../../domain/messages.ts';
import { topics } from '../../../domain/messages.ts';
import { connect } from '../../../infra/kafka/connection.ts';
import { createMessageLog } from '../../../infra/kafka/message-log.ts';
import { runIngest } from '../../../infra/kafka/run-ingest.ts';
import { ensureTopics } from '../../../infra/kafka/topics.ts';
import { declareModel } from '../../support/declare-model.ts';
import { feedbackOn, prediction } from '../../support/ingest-feed.ts';
import { v7 as uuidv7 } from 'uuid';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';
import { startTestKafka, type TestKafka } from '../../support/test-kafka.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let kafka: TestKafka;
let db: TestDatabase;
let log: Awaited<ReturnType<typeof createMessageLog>>;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  [postgres, kafka] = await Promise.all([startTestPostgres(), startTestKafka()]);
});
afterAll(() => Promise.all([postgres?.stop(), kafka?.stop()]));
beforeEach(async () => {
  db = await openTestDatabase(postgres.databaseUrl);
  await declareModel(db.stores);
  await ensureTopics(kafka, db.namespace);
  log = await createMessageLog({ kafka, namespace: db.namespace });
});
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
  await log.close();
  await db.close();
});

/** Predictions of now, as the server makes them. */
const predictions = (n: number): PredictionMessage[] =>
  Array.from({ length: n }, (_, i) =>
    prediction({ label: i % 3 === 0 ? 'B' : 'A', input: { x: i }, at: new Date().toISOString() }),
  ).map((p) => ({ ...p, predictionId: uuidv7() }));

const events = () => db.stores.totals.eventTotals();
const untilStored = (n: number, timeout = 90_000) =>
  expect.poll(async () => (await events()).stored, { timeout, interval: 100 }).toBeGreaterThanOrEqual(n);

/** Ingest in this process. @returns what it ended with, and what it said */
function ingestHere(concurrency = 2) {
  const controller = new AbortController();
  const said: string[] = [];
  const done = runIngest({
    kafka,
    namespace: db.namespace,
    stores: db.stores,
    signal: controller.signal,
    concurrency,
    // The least that brokers allow: what a crash left in the group is forgotten soon.
    sessionTimeoutMs: 6_000,
    log: ({ message }) => said.push(message),
  });
  done.catch(() => {});
  const stop = async () => {
    controller.abort();
    await done.catch(() => {});
  };
  cleanUp.push(stop);
  return { done, said, stop };
}

function ingestElsewhere(): ChildProcess {
  const program = fileURLToPath(new URL('../../support/ingest-process.ts', import.meta.url));
  const args = ['--import', 'tsx', program, db.databaseUrl, db.namespace, kafka.brokers.join(',')];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  cleanUp.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

/**
 * What must hold however it was delivered: `n` predictions with a label each, of which a third is wrong. A producer
 * that did not hear an acknowledgement sends again, so there may be duplicates; they have no effect.
 */
async function expectExactly(n: number) {
  const { predictions: p, feedback: f, stored, duplicates, deadLettered } = await events();
  expect({ stored, deadLettered }).toEqual({ stored: 2 * n, deadLettered: 0 });
  expect(p + f - duplicates).toBe(2 * n);
  expectOutcomes(await db.stores.totals.totals({ model: 'm' }), n);
  const { rows } = await db.handle.pool.query<{ n: number }>(
    'select count(*) as n from examples where label is not null',
  );
  expect(rows[0]!.n).toBe(n);
}

function expectOutcomes(totals: readonly Total[], n: number) {
  const sum = (kind: string, a: string, b: string) =>
    totals.filter((t) => t.kind === kind && t.a === a && t.b === b).reduce((s, t) => s + t.value, 0);
  const wrong = Math.ceil(n / 3);
  expect([sum('outcome', 'A', 'A'), sum('outcome', 'A', 'B')]).toEqual([n - wrong, wrong]);
  expect([sum('prediction', 'A', ''), sum('prediction', 'B', '')]).toEqual([n - wrong, wrong]);
  expect(totals.filter((t) => t.kind === 'outcome_withdrawn')).toEqual([]);
}

test('two owners, one killed in the middle, a third that joins: every message takes effect exactly once', async () => {
  const n = 6_000;
  const made = predictions(n);
  const twice = made.slice(0, 300);
  // Half of the feedback is there before its prediction.
  const publish = async (from: number, to: number) => {
    const chunk = made.slice(from, to);
    const half = chunk.length >> 1;
    await log.publishFeedback(chunk.slice(0, half).map((p) => feedbackOn(p, 'A')));
    await log.publishPredictions(chunk);
    await log.publishFeedback(chunk.slice(half).map((p) => feedbackOn(p, 'A')));
  };
  const first = ingestElsewhere();
  const second = ingestElsewhere();
  await Promise.all([once(first.stdout!, 'data'), once(second.stdout!, 'data')]);
  for (let from = 0; from < n / 2; from += 500) await publish(from, from + 500);
  await untilStored(n / 3);
  first.kill('SIGKILL');
  for (let from = n / 2; from < n; from += 500) await publish(from, from + 500);
  ingestElsewhere();
  // The same messages again, and a second word about the same predictions that comes twice.
  const words = twice.map((p) => feedbackOn(p, 'A'));
  await log.publishPredictions(twice);
  await log.publishFeedback(words);
  await log.publishFeedback(words);
  await untilStored(2 * n + 300);
  await expect.poll(async () => (await events()).duplicates, { timeout: 30_000 }).toBeGreaterThanOrEqual(600);
  const { rows } = await db.handle.pool.query<{ words: number; labelled: number; whole: number }>(
    `select (select count(*) from feedback) as words, (select count(*) from examples where label = 'A') as labelled,
            (select count(*) from predictions where model is not null) as whole`,
  );
  expect(rows[0]).toEqual({ words: n + 300, labelled: n, whole: n });
  const { predictions: p, feedback: f, stored, duplicates, deadLettered } = await events();
  expect({ stored, deadLettered }).toEqual({ stored: 2 * n + 300, deadLettered: 0 });
  expect(p + f - duplicates).toBe(stored);
  expectOutcomes(await db.stores.totals.totals({ model: 'm' }), n);
}, 180_000);

test('the database is away for a while: nothing is lost, nothing counts twice', async () => {
  const made = predictions(400);
  const ingest = ingestHere();
  await log.publishPredictions(made);
  await untilStored(400);
  const url = new URL(db.databaseUrl);
  const database = url.pathname.slice(1);
  url.pathname = '/template1';
  const admin = new Client({ connectionString: url.href });
  await admin.connect();
  try {
    await admin.query(`alter database "${database}" with allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      database,
    ]);
    await log.publishFeedback(made.map((p) => feedbackOn(p, 'A')));
    await expect.poll(() => ingest.said.length, { timeout: 30_000 }).toBeGreaterThan(0);
  } finally {
    await admin.query(`alter database "${database}" with allow_connections true`);
    await admin.end();
  }
  await untilStored(800);
  await expectExactly(400);
}, 120_000);

test('the broker is away for a while: nothing is lost, nothing counts twice', async ({ skip }) => {
  if (!kafka.isOurs) skip('the brokers are given');
  const made = predictions(400);
  ingestHere();
  await log.publishPredictions(made);
  await untilStored(400);
  await kafka.goAway();
  await kafka.comeBack();
  await log.publishFeedback(made.map((p) => feedbackOn(p, 'A')));
  await untilStored(800);
  await expectExactly(400);
}, 120_000);

test('Kafka may have forgotten how far we were: the truth is in the database', async () => {
  const made = predictions(100);
  const ingest = ingestHere();
  await log.publishPredictions(made);
  await log.publishFeedback(made.map((p) => feedbackOn(p, 'A')));
  await untilStored(200);
  await ingest.stop();
  const before = await events();
  const admin = connect(kafka, 'test').admin();
  await admin.connect();
  await admin.deleteGroups([`${db.namespace}.driftloop.ingest`]);
  await admin.disconnect();
  ingestHere();
  await log.publishPredictions(predictions(1));
  await untilStored(201);
  // Whatever was delivered again was dropped before it was looked at: not even a duplicate is counted.
  expect(await events()).toEqual({ ...before, predictions: before.predictions + 1, stored: 201 });
}, 90_000);

test('a topic that was deleted and made anew is an error with a code, not silence', async () => {
  const ingest = ingestHere();
  await log.publishPredictions(predictions(50));
  await untilStored(50);
  await ingest.stop();
  const admin = connect(kafka, 'test').admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topics(db.namespace).predictions] });
  await admin.disconnect();
  await expect
    .poll(() => ensureTopics(kafka, db.namespace).then(() => 'made', String), { timeout: 20_000 })
    .toBe('made');
  await expect(ingestHere().done).rejects.toMatchObject({ code: 'DL_TOPIC_RECREATED' });
}, 90_000);

test('dead letters arrive in their topic, with a reason and the payload', async () => {
  ingestHere();
  const producer = connect(kafka, 'test').producer();
  await producer.connect();
  await producer.send({
    topic: topics(db.namespace).predictions,
    messages: [{ key: 'k', value: '{"no":"prediction"}' }, { value: Buffer.from([0xff, 0xfe]) }],
  });
  await producer.disconnect();
  const consumer = connect(kafka, 'test').consumer({ groupId: 'test-dead-letters' });
  cleanUp.push(() => consumer.disconnect());
  const received: { key: string | undefined; letter: Record<string, unknown> }[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topics(db.namespace).deadLetter], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const letter = JSON.parse(message.value!.toString()) as Record<string, unknown>;
      received.push({ key: message.key?.toString(), letter });
    },
  });
  await expect.poll(() => received.length, { timeout: 60_000 }).toBe(2);
  const byCode = new Map(received.map((r) => [r.letter['code'], r]));
  expect(byCode.get('DL_MESSAGE_INVALID')).toMatchObject({
    key: 'k',
    letter: { topic: topics(db.namespace).predictions, payload: '{"no":"prediction"}' },
  });
  expect(byCode.get('DL_MESSAGE_NOT_JSON')).toMatchObject({ letter: { payloadBase64: '//4=' } });
}, 90_000);
