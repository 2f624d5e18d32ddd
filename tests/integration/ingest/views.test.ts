import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../domain/config.ts';
import { feedbackOn, prediction, startFeed } from '../../support/ingest-feed.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
beforeAll(async () => {
  postgres = await startTestPostgres();
  db = await openTestDatabase(postgres.databaseUrl);
  await db.stores.models.apply(
    parseConfig({
      models: [
        {
          name: 'm',
          task: { kind: 'classification', labels: ['A', 'B'] },
          input: { x: { kind: 'number' }, plan: { kind: 'category', values: ['free', 'team'] } },
          gate: { slices: ['plan'] },
        },
      ],
    }),
  );
});
afterAll(async () => {
  await db?.close();
  await postgres?.stop();
});

test('declared slices are counted with the labels, whichever of both comes first, and corrections taken back', async () => {
  const feed = startFeed(db);
  const of = (plan: string | null) => prediction({ label: 'A', input: { x: 1, plan } });
  const [free, team, none, late] = [of('free'), of('team'), of(null), of('gold')];
  await feed.predictions(free, team, none);
  await feed.feedback(
    feedbackOn(free, 'A'),
    feedbackOn(team, 'B'),
    feedbackOn(none, 'A'),
    feedbackOn(late, 'B'),
  );
  await feed.predictions(late);
  await feed.feedback(feedbackOn(team, 'A', { at: '2026-03-02T13:00:00.000Z' }));
  const counted = (await db.stores.totals.totals()).filter(({ kind }) => kind.startsWith('slice_'));
  expect(counted.map(({ kind, a, b, value }) => `${kind} ${a} ${b} ${value}`).toSorted()).toEqual([
    'slice_prediction plan free 1',
    'slice_prediction plan missing 1',
    'slice_prediction plan team 1',
    'slice_prediction plan unknown 1',
    'slice_right plan free 1',
    'slice_right plan missing 1',
    'slice_right plan team 1',
    'slice_wrong plan team 1',
    'slice_wrong plan unknown 1',
    'slice_wrong_withdrawn plan team 1',
  ]);
});
