import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { parseConfig } from '../../../domain/config.ts';
import type { PredictionMessage } from '../../../domain/messages.ts';
import { foldModel } from '../../../monitors/fold/fold-model.ts';
import { feedbackOn, feedNow, startFeed } from '../../support/ingest-feed.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

/** Numbers, several labels and texts, from the topics to what a champion is judged by. */

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
let feed: ReturnType<typeof startFeed>;
beforeAll(async () => {
  postgres = await startTestPostgres();
  db = await openTestDatabase(postgres.databaseUrl);
  const prompt = { prompt: { kind: 'text' } };
  await db.stores.models.apply(
    parseConfig({
      models: [
        { name: 'rent', task: { kind: 'regression', tolerance: 10 }, input: { size: { kind: 'number' } } },
        {
          name: 'topics',
          task: { kind: 'multi-label', labels: ['card', 'fee'], codes: { 1: 'card' } },
          input: prompt,
        },
        { name: 'chat', task: { kind: 'generation' }, input: prompt, base: './bases/decoder' },
      ],
    }),
  );
  feed = startFeed(db);
});
afterAll(async () => {
  await db?.close();
  await postgres?.stop();
});

const said = (model: string, output: PredictionMessage['output']): PredictionMessage => ({
  predictionId: uuidv7({ msecs: feedNow }),
  model,
  version: 'v1',
  input: model === 'rent' ? { size: 60 } : { prompt: 'Where is my card?' },
  output,
  at: new Date(feedNow).toISOString(),
});

/** Whichever stream they came by. */
async function totals(model: string, kinds: RegExp): Promise<string[]> {
  const sums = new Map<string, number>();
  for (const { model: of, kind, a, b, value } of await db.stores.totals.totals()) {
    if (of !== model || !kinds.test(kind)) continue;
    const name = `${kind} ${a} ${b}`;
    sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return [...sums].map(([name, value]) => `${name} ${value}`).toSorted();
}

const reasons = async () =>
  (await db.handle.pool.query<{ reason: string }>('select reason from dead_letters order by id')).rows.map(
    ({ reason }) => reason,
  );

/** What the fold makes of it, with a champion that has answered everything itself. */
async function folded(model: string) {
  const why = { by: 'ada', because: 'a test' };
  await db.stores.versions.register({
    model,
    digest: 'f'.repeat(64),
    parent: null,
    runId: null,
    snapshotId: null,
    trainSeconds: null,
    accuracyOnTest: null,
  });
  await db.stores.routes.promote(model, 'v1', why);
  const scoreWithChampion = () => Promise.reject(new Error('the champion has answered everything itself'));
  await expect
    .poll(async () => (await foldModel({ folds: db.stores.folds, scoreWithChampion }, model))?.labelled)
    .toBe(3);
  const { errors } = await db.stores.examples.policyView(model);
  const rows = await db.stores.examples.range(model, { fromSeq: 1 });
  return { errors: [...errors], labels: rows.map(({ label }) => label) };
}

test('a number is right within its tolerance, and counted by how far it is off; a correction is taken back', async () => {
  const [near, far, early] = [900, 1_000, 1_100].map((value) => said('rent', { value }));
  await feed.feedback(feedbackOn(early!, 1_095));
  await feed.predictions(near!, far!, early!);
  await feed.feedback(feedbackOn(near!, '904.5'), feedbackOn(far!, 1_030));
  await feed.feedback(feedbackOn(far!, 'about a thousand'), feedbackOn(near!, [904]));
  const both = [
    'off_by absolute  3950',
    'off_by squared  9453',
    'outcome right right 2',
    'outcome wrong right 1',
  ];
  expect(await totals('rent', /outcome|off_by|^prediction/)).toEqual([...both, 'prediction any  3']);
  expect((await reasons()).slice(-2)).toEqual([
    'value "about a thousand" is not a number, which feedback to model "rent" has to be',
    'value [904] is not a number, which feedback to model "rent" has to be',
  ]);
  expect(await folded('rent')).toEqual({ errors: [0, 0, 1], labels: ['1095', '904.5', '1030'] });

  await feed.feedback(feedbackOn(far!, 1_001, { at: '2026-03-02T13:00:00.000Z' }));
  expect(await totals('rent', /withdrawn/)).toEqual([
    'off_by_withdrawn absolute  3000',
    'off_by_withdrawn squared  9000',
    'outcome_withdrawn wrong right 1',
  ]);
});

test('labels come as a list or with a line between them, in any order, as words or codes', async () => {
  const rows = [['fee', 'card'], ['fee'], []].map((labels) =>
    said('topics', { labels, scores: { card: 0.5, fee: 0.5 } }),
  );
  await feed.predictions(...rows);
  await feed.feedback(
    feedbackOn(rows[0]!, ['1', 'fee', 'fee']),
    feedbackOn(rows[1]!, 'card|fee'),
    feedbackOn(rows[2]!, []),
  );
  await feed.feedback(feedbackOn(rows[1]!, ['card', 'loan']), feedbackOn(rows[2]!, { card: true }));
  expect(await totals('topics', /outcome|^prediction/)).toEqual([
    'outcome right right 2',
    'outcome wrong right 1',
    'prediction any  3',
  ]);
  expect((await reasons()).slice(-2).every((reason) => /a list of the labels card, fee/.test(reason))).toBe(
    true,
  );
  expect(await folded('topics')).toEqual({
    errors: [0, 1, 0],
    labels: ['["card","fee"]', '["card","fee"]', '[]'],
  });
});

test('a text is held against the corrected one; a thumb is no text, and no label', async () => {
  const texts = ['It is on its way.', 'Please call us.', 'It was sent on Monday.'];
  const rows = texts.map((text) => said('chat', { text }));
  const late = said('chat', { text: 'Hello.' });
  await feed.predictions(...rows);
  await feed.feedback(
    feedbackOn(rows[0]!, 'It is on its way!', { kind: 'correction' }),
    feedbackOn(rows[1]!, 'Your card arrives tomorrow.', { kind: 'correction' }),
    feedbackOn(rows[2]!, 'It was sent on Monday.', { kind: 'correction' }),
    feedbackOn(rows[2]!, 5, { kind: 'rating' }),
    feedbackOn(rows[1]!, false, { kind: 'rating' }),
    feedbackOn(rows[1]!, 'dreadful', { kind: 'rating' }),
    feedbackOn(late, 'up', { kind: 'rating' }),
  );
  await feed.predictions(late);
  expect(await totals('chat', /rating/)).toEqual(['rating bad  1', 'rating good  2']);
  await feed.feedback(feedbackOn(rows[0]!, 4, { kind: 'correction' }));
  expect((await reasons()).at(-1)).toBe('value 4 is not a text, which feedback to model "chat" has to be');
  expect(await folded('chat')).toEqual({
    errors: [0, 1, 0],
    labels: ['It is on its way!', 'Your card arrives tomorrow.', 'It was sent on Monday.'],
  });
});
