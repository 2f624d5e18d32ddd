import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FeedbackRow, PredictionRow } from '../../../domain/ingest-ports.ts';
import { declareModel } from '../../support/declare-model.ts';
import { feedbackOn, prediction, startFeed } from '../../support/ingest-feed.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

/** Prediction and feedback in transactions that overlap in every way they can: they always find each other. */
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  db = await openTestDatabase(postgres.databaseUrl);
  await declareModel(db.stores);
});
afterEach(() => db.close());

const said = prediction();
const row: PredictionRow = {
  ...said,
  label: 'A',
  scores: { A: 1 },
  context: null,
  estimate: null,
  entity: null,
  partition: 'train',
  offset: 0n,
};
const nothingApart = { slices: {}, tasks: {}, sureFrom: {} };
const word = (label: string, offset: bigint): FeedbackRow => ({ ...feedbackOn(said, label), offset });
const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A transaction that stores something and stays open until its gate opens. */
function openEnded(stream: 'predictions' | 'feedback', store: 'prediction' | FeedbackRow) {
  const { open, opened } = gate();
  const stored = gate();
  const { ingest } = db.stores;
  const done = ingest.transact(startFeed(db).at(stream), async (transaction) => {
    if (store === 'prediction') await transaction.storePredictions([row], nothingApart);
    else await transaction.storeFeedback([store], nothingApart);
    stored.open();
    await opened;
  });
  return { stored: stored.opened, commit: open, done };
}

const effective = async () => {
  const { rows } = await db.handle.pool.query<{ label: string | null }>('select label from examples');
  return rows.map((r) => r.label);
};

test('the prediction is still open when feedback comes', async () => {
  await db.stores.ingest.makeRoom([said.predictionId]);
  const first = openEnded('predictions', 'prediction');
  await first.stored;
  const second = openEnded('feedback', word('B', 0n));
  await pause(50);
  first.commit();
  second.commit();
  await Promise.all([first.done, second.done]);
  expect(await effective()).toEqual(['B']);
});

test('feedback is still open when the prediction comes', async () => {
  await db.stores.ingest.makeRoom([said.predictionId]);
  const first = openEnded('feedback', word('B', 0n));
  await first.stored;
  const second = openEnded('predictions', 'prediction');
  await pause(50);
  first.commit();
  second.commit();
  await Promise.all([first.done, second.done]);
  expect(await effective()).toEqual(['B']);
});

test('feedback waits already, a second word is still open when the prediction comes', async () => {
  const feed = startFeed(db);
  await feed.feedback(feedbackOn(said, 'A'));
  const first = openEnded('feedback', { ...word('B', 1n), at: '2026-03-02T23:00:00.000Z' });
  await first.stored;
  const second = openEnded('predictions', 'prediction');
  await pause(50);
  first.commit();
  second.commit();
  await Promise.all([first.done, second.done]);
  expect(await effective()).toEqual(['B']);
});

test('feedback waits already, the prediction is still open when a second word comes', async () => {
  const feed = startFeed(db);
  await feed.feedback(feedbackOn(said, 'A'));
  const first = openEnded('predictions', 'prediction');
  await first.stored;
  const second = openEnded('feedback', { ...word('B', 1n), at: '2026-03-02T23:00:00.000Z' });
  await pause(50);
  first.commit();
  second.commit();
  await Promise.all([first.done, second.done]);
  expect(await effective()).toEqual(['B']);
});

test('of two owners of one partition the second waits, and finds its records done', async () => {
  const feed = startFeed(db);
  const held = gate();
  const { ingest } = db.stores;
  const first = ingest.transact(feed.at('feedback'), async (transaction) => {
    await held.opened;
    await transaction.advance(10n);
  });
  await pause(20);
  const second = ingest.transact(feed.at('feedback'), async (transaction) => transaction.next);
  held.open();
  await first;
  expect(await second).toBe(10n);
});
