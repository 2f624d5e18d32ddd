import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PredictionMessage } from '../../../domain/messages.ts';
import { deadLetterMessage, topics } from '../../../domain/messages.ts';
import { createFolderStore } from '../../../infra/artifacts/folder-store.ts';
import { checkBackup } from '../../../infra/backup/check-backup.ts';
import { restoreBackup } from '../../../infra/backup/restore-backup.ts';
import { takeBackup } from '../../../infra/backup/take-backup.ts';
import { connect } from '../../../infra/kafka/connection.ts';
import { createMessageLog } from '../../../infra/kafka/message-log.ts';
import { runIngest } from '../../../infra/kafka/run-ingest.ts';
import { ensureTopics } from '../../../infra/kafka/topics.ts';
import { openSpoolFiles } from '../../../serving/spool/spool-files.ts';
import { createSpooledLog } from '../../../serving/spool/spooled-log.ts';
import { soak } from '../../soak/soak.ts';
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

test('production at its worst, while owners are killed, the broker restarts and the database is away: exactly once, in the tables and in what Prometheus reads', async () => {
  const seed = Number(process.env['DRIFTLOOP_TEST_SEED'] ?? Date.now() % 2 ** 31);
  console.log(`seed ${seed} (DRIFTLOOP_TEST_SEED=${seed} repeats this)`);
  const services = { databaseUrl: postgres.databaseUrl, kafka };
  const events = 8_000;
  const result = await soak(services, {
    seed,
    events,
    kills: 2,
    leaves: 1,
    databaseAwayMs: 1_000,
    chunk: 400,
  });
  expect(result).toMatchObject({ missing: 0, doubled: 0, wrong: {}, stored: result.distinct });
  expect(result.published).toBeGreaterThan(result.distinct * 1.05);
}, 180_000);

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

test('predictions made while the brokers are away wait on disk, and are ingested once each when they are back', async ({
  skip,
}) => {
  skip(!kafka.isOurs, 'brokers that were given cannot be taken away');
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-spool-'));
  const said: string[] = [];
  const say = (_: unknown, message: string) => void said.push(message);
  const spooled = createSpooledLog({
    messages: log,
    files: await openSpoolFiles({ folder, onDamaged: () => {} }),
    log: { info: say, warn: say, error: say },
    maxBytes: 1_000_000,
    patienceMs: 500,
  });
  cleanUp.push(async () => {
    await spooled.stop();
    await rm(folder, { recursive: true });
  });
  const made = predictions(30);
  await spooled.publishPredictions(made.slice(0, 10));
  await kafka.goAway();
  for (const one of made.slice(10, 20)) await spooled.publishPredictions([one]);
  expect(spooled.standing()).toMatchObject({ messages: 10, isFull: false });
  await kafka.comeBack();
  await spooled.publishPredictions(made.slice(20));
  await expect.poll(() => spooled.standing().messages, { timeout: 60_000, interval: 100 }).toBe(0);
  ingestHere();
  await untilStored(30);
  expect((await events()).stored).toBe(30);
  expect(said).toEqual([
    'the brokers take nothing; what comes waits on disk',
    'what waited on disk is in the log',
  ]);
});

test('a restored database takes what Kafka still has, exactly once, though Kafka believes that it was taken', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-test-'));
  cleanUp.push(() => rm(folder, { recursive: true }));
  const artifacts = createFolderStore(folder);
  const [empty, some] = [path.join(folder, 'empty'), path.join(folder, 'some')];
  const backup = { ...db, artifacts, skipMissingArtifacts: true };
  const restore = async (file: string) => restoreBackup(await checkBackup(file), { ...db, file, artifacts });
  await takeBackup({ ...backup, file: empty });
  const made = predictions(300);
  const first = ingestHere();
  await log.publishPredictions(made.slice(0, 200));
  await log.publishFeedback(made.slice(0, 200).map((p) => feedbackOn(p, 'A')));
  await untilStored(400);
  await takeBackup({ ...backup, file: some });
  await log.publishPredictions(made.slice(200));
  await log.publishFeedback(made.slice(200).map((p) => feedbackOn(p, 'A')));
  await untilStored(600);
  await first.stop();

  for (const file of [some, empty]) {
    await restore(file);
    const again = ingestHere();
    // No new message has to come.
    await untilStored(600);
    const { predictions: p, feedback: f, stored, duplicates, deadLettered } = await events();
    expect({ once: p + f - duplicates, stored, deadLettered }).toEqual({
      once: 600,
      stored: 600,
      deadLettered: 0,
    });
    const { rows } = await db.handle.pool.query<{ n: number }>(
      "select count(*) as n from examples where label = 'A'",
    );
    expect(rows[0]!.n).toBe(300);
    await again.stop();
  }
}, 120_000);

test('a topic that was deleted and made anew is an error with a code, not silence', async () => {
  const ingest = ingestHere();
  const made = predictions(50);
  await log.publishPredictions(made);
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

  // What the error says to type: then it goes on, and what was there before is a duplicate.
  expect(await db.stores.ingest.forgetTopic(topics(db.namespace).predictions)).toBeGreaterThan(0);
  ingestHere();
  await log.publishPredictions([...made.slice(0, 20), ...predictions(30)]);
  await untilStored(80);
  expect(await events()).toMatchObject({ stored: 80, duplicates: 20 });
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
  for (const { letter } of received) deadLetterMessage.parse(letter);
  const byCode = new Map(received.map((r) => [r.letter['code'], r]));
  expect(byCode.get('DL_MESSAGE_INVALID')).toMatchObject({
    key: 'k',
    letter: { topic: topics(db.namespace).predictions, payload: '{"no":"prediction"}' },
  });
  expect(byCode.get('DL_MESSAGE_NOT_JSON')).toMatchObject({ letter: { payloadBase64: '//4=' } });
}, 90_000);
