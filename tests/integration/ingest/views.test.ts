import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../domain/config.ts';
import { feedbackOn, prediction, startFeed } from '../../support/ingest-feed.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
let feed: ReturnType<typeof startFeed>;
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
  feed = startFeed(db);
});
afterAll(async () => {
  await db?.close();
  await postgres?.stop();
});

test('declared slices are counted with the labels, whichever of both comes first, and corrections taken back', async () => {
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

test('a label counts where its prediction was made, whichever came first; retraction and retention take it away', async () => {
  const hour = 3_600_000;
  const noon = Date.parse('2026-02-10T12:00:00.000Z');
  const made = (ms: number, label: string) =>
    prediction({ label, at: new Date(ms).toISOString(), input: { x: 1, plan: 'free' } });
  const early = [made(noon, 'A'), made(noon + 59_000, 'A'), made(noon + hour - 1, 'B')];
  const late = made(noon + hour, 'A');
  await feed.feedback(feedbackOn(late, 'B'));
  await feed.predictions(...early, late);
  await feed.feedback(feedbackOn(early[0]!, 'A'), feedbackOn(early[1]!, 'B'));
  const steps = (stepMs = hour) =>
    db.stores.totals.happenedSteps({ model: 'm', fromMs: noon - hour, toMs: noon + 3 * hour }, stepMs);
  const first = { startsAtMs: noon, version: 'v1', predictions: 3, labelled: 2, correct: 1 };
  const second = { startsAtMs: noon + hour, version: 'v1', predictions: 1, labelled: 1, correct: 0 };
  expect(await steps()).toEqual([first, second]);
  expect(await steps(2 * hour)).toEqual([{ ...first, predictions: 4, labelled: 3 }]);

  const at = '2026-03-02T13:00:00.000Z';
  await feed.feedback(
    feedbackOn(early[0]!, null, { kind: 'retract', at }),
    feedbackOn(early[1]!, 'A', { kind: 'correction', at }),
  );
  expect(await steps()).toEqual([{ ...first, labelled: 1, correct: 1 }, second]);
  const stretches = [
    { model: 'm', fromMs: noon + hour, toMs: noon + 2 * hour },
    { model: 'm', fromMs: noon + 2 * hour, toMs: noon + 3 * hour },
  ];
  expect(await db.stores.totals.happened(stretches)).toEqual([
    [{ version: 'v1', predictions: 1, labelled: 1, correct: 0 }],
    [],
  ]);

  await db.stores.ingest.dropHappened({ m: new Date(noon + hour), other: new Date() });
  expect(await steps()).toEqual([second]);
  await db.stores.ingest.dropBefore(new Date(noon + 2 * hour));
  expect(await steps()).toEqual([]);
});
