import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DeadLetter } from '../../../domain/ingest-ports.ts';
import { topics } from '../../../domain/messages.ts';
import { declareModel } from '../../support/declare-model.ts';
import { feedbackOn, prediction, startFeed } from '../../support/ingest-feed.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
let feed: ReturnType<typeof startFeed>;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  db = await openTestDatabase(postgres.databaseUrl);
  await declareModel(db.stores);
  feed = startFeed(db);
});
afterEach(() => db.close());

const relayAll = async () => {
  const sent: DeadLetter[] = [];
  await db.stores.ingest.relayDeadLetters(100, async (letters) => void sent.push(...letters));
  return sent;
};
const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes));

test('what has no effect is kept to the byte, with its place and a reason; the rest of the batch has its effect', async () => {
  const good = prediction();
  const garbage = Uint8Array.of(0xff, 0x00, 0x01);
  await feed.raw('predictions', [garbage, new TextEncoder().encode(JSON.stringify(good)), null]);
  await feed.feedback(feedbackOn(good, 'SIDEWAYS'), feedbackOn(good, 'B'));
  const letters = await relayAll();
  expect(letters.map((l) => [l.code, l.offset, l.model])).toEqual([
    ['DL_MESSAGE_NOT_JSON', 0n, null],
    ['DL_MESSAGE_EMPTY', 2n, null],
    ['DL_UNKNOWN_LABEL', 0n, 'm'],
  ]);
  expect([...letters[0]!.payload!]).toEqual([...garbage]);
  expect(letters[1]!.payload).toBe(null);
  expect(JSON.parse(text(letters[2]!.payload)!)).toMatchObject({ value: 'SIDEWAYS' });
  expect(letters[2]!.reason).toContain('"SIDEWAYS"');
  const events = { predictions: 3, feedback: 2, stored: 2, duplicates: 0, deadLettered: 3 };
  expect(await db.stores.totals.eventTotals()).toEqual(events);
  expect(await db.stores.totals.eventTotals('m')).toEqual({ ...events, predictions: 1, deadLettered: 1 });
});

test('a value that the database refuses does not stop the partition: it alone becomes a dead letter', async () => {
  const rows = Array.from({ length: 9 }, () => prediction());
  // Too long for the index over the totals, and too random to be compressed.
  rows[5] = prediction({ version: randomBytes(6_000).toString('hex') });
  await feed.predictions(...rows);
  const letters = await relayAll();
  expect(letters.map((l) => [l.code, l.offset])).toEqual([['DL_CANNOT_STORE', 5n]]);
  expect(await db.stores.totals.eventTotals()).toMatchObject({ predictions: 9, stored: 8, deadLettered: 1 });
  expect(await db.stores.ingest.next(feed.at('predictions'))).toBe(9n);
});

test('feedback that is no label of the model its late prediction belongs to becomes a dead letter then', async () => {
  const late = prediction();
  await feed.feedback(feedbackOn(late, 'SIDEWAYS', { feedbackId: 'f-late' }));
  expect(await relayAll()).toEqual([]);
  await feed.predictions(late);
  const [letter, ...others] = await relayAll();
  expect(others).toEqual([]);
  expect(letter).toMatchObject({
    code: 'DL_UNKNOWN_LABEL',
    topic: topics(db.namespace).feedback,
    offset: 0n,
  });
  expect(JSON.parse(text(letter!.payload)!)).toMatchObject({
    feedbackId: 'f-late',
    predictionId: late.predictionId,
    value: 'SIDEWAYS',
    at: '2026-03-02T12:01:00.000Z',
  });
});

test('feedback whose prediction never came goes to the dead letters; a prediction after that is stored alone', async () => {
  const { ingest, totals } = db.stores;
  const never = prediction();
  await feed.feedback(feedbackOn(never, 'A'), feedbackOn(never, 'B'));
  const { feedback } = topics(db.namespace);
  expect(await ingest.expireFeedback(feedback, new Date(Date.now() - 60_000), 100)).toBe(0);
  expect(await ingest.expireFeedback(feedback, new Date(Date.now() + 60_000), 100)).toBe(2);
  const letters = await relayAll();
  expect(letters.map((l) => [l.code, l.offset])).toEqual([
    ['DL_NO_PREDICTION', 0n],
    ['DL_NO_PREDICTION', 1n],
  ]);
  expect(JSON.parse(text(letters[0]!.payload)!)).toMatchObject({
    predictionId: never.predictionId,
    value: 'A',
  });
  await feed.predictions(never);
  expect(await totals.eventTotals()).toMatchObject({
    feedback: 2,
    stored: 1,
    duplicates: 0,
    deadLettered: 2,
  });
  expect((await db.handle.pool.query('select * from examples')).rowCount).toBe(0);
});

test('a relay that fails sends again; one that worked sends nothing twice, nor do two side by side', async () => {
  await feed.raw('feedback', [null, null, null]);
  const { ingest } = db.stores;
  const fail = ingest.relayDeadLetters(100, () => Promise.reject(new Error('brokers away')));
  await expect(fail).rejects.toThrow('brokers away');
  const sent: bigint[] = [];
  const relay = () =>
    ingest.relayDeadLetters(100, async (letters) => {
      sent.push(...letters.map((l) => l.offset));
    });
  const counts = await Promise.all([relay(), relay()]);
  expect([...counts].sort()).toEqual([0, 3]);
  expect(sent).toEqual([0n, 1n, 2n]);
  expect(await relay()).toBe(0);
});

test('feedback that contradicts is no mistake: the later word counts, and a word said twice is a duplicate', async () => {
  const said = prediction({ label: 'A' });
  const minute = (n: number) => ({ at: new Date(Date.parse(said.at) + n * 60_000).toISOString() });
  const later = feedbackOn(said, 'B', minute(3));
  await feed.predictions(said);
  await feed.feedback(feedbackOn(said, 'A', minute(1)), later, later, feedbackOn(said, 'A', minute(2)));
  const { rows } = await db.handle.pool.query<{ label: string }>('select label from examples');
  expect(rows).toEqual([{ label: 'B' }]);
  expect(await relayAll()).toEqual([]);
  const events = { predictions: 1, feedback: 4, stored: 4, duplicates: 1, deadLettered: 0 };
  expect(await db.stores.totals.eventTotals('m')).toEqual(events);
  // What was known before is withdrawn in the totals, so that the outcome is counted once.
  const outcomes = (await db.stores.totals.totals({ model: 'm' })).filter(({ kind }) =>
    kind.startsWith('outcome'),
  );
  const net = outcomes.reduce((sum, { kind, value }) => sum + (kind === 'outcome' ? value : -value), 0);
  expect(net).toBe(1);
});
