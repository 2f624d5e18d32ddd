import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { declareModel } from '../../support/declare-model.ts';
import { feedNow, prediction, startFeed } from '../../support/ingest-feed.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

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

const weekMs = 7 * 24 * 3_600_000;
const weeksAgo = (weeks: number) => {
  const msecs = feedNow - weeks * weekMs;
  return { ...prediction({ at: new Date(msecs).toISOString() }), predictionId: uuidv7({ msecs }) };
};

test('what is older than the retention goes, week by week; the rest, its totals and what comes next stay', async () => {
  const feed = startFeed(db);
  const messages = [weeksAgo(10), weeksAgo(5), weeksAgo(1), weeksAgo(0)];
  await feed.predictions(...messages);
  const stored = async () =>
    (await db.handle.pool.query<{ n: number }>('select count(*) as n from predictions')).rows[0]!.n;
  expect(await stored()).toBe(4);

  await db.stores.ingest.dropBefore(new Date(feedNow - 3 * weekMs));
  expect(await stored()).toBe(2);
  expect(await db.stores.totals.eventTotals()).toMatchObject({ predictions: 4, stored: 4 });

  // A late copy of what went is stored like any prediction: its week is made again.
  await feed.predictions(weeksAgo(10));
  expect(await stored()).toBe(3);
});

test('a dead letter that was not relayed yet is kept, however old', async () => {
  const feed = startFeed(db);
  await feed.raw('predictions', [new TextEncoder().encode('no JSON')]);
  const far = new Date(Date.now() + weekMs);
  await db.stores.ingest.dropBefore(far);
  const sent: unknown[] = [];
  const relay = () => db.stores.ingest.relayDeadLetters(100, async (letters) => void sent.push(...letters));
  await relay();
  expect(sent).toHaveLength(1);
  const kept = async () =>
    (await db.handle.pool.query<{ n: number }>('select count(*) as n from dead_letters')).rows[0]!.n;
  expect(await kept()).toBe(1);
  await db.stores.ingest.dropBefore(far);
  expect(await kept()).toBe(0);
});
