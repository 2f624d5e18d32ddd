import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Example } from '../../../domain/examples.ts';
import { foldModel } from '../../../monitors/fold/fold-model.ts';
import { declareModel } from '../../support/declare-model.ts';
import { feedbackOn, startFeed } from '../../support/ingest-feed.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';
import { untilQuiet } from '../../support/until-quiet.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
let feed: ReturnType<typeof startFeed>;
let examples: Example[];
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  db = await openTestDatabase(postgres.databaseUrl);
  await declareModel(db.stores, 1);
  feed = startFeed(db);
  await db.stores.routes.promote('m', 'v1', { by: 'ada', because: 'a test' });
  await feed.labelled(Array.from('ABABABABAB', (truth, x) => ({ truth, input: { x: x / 3 } })));
  await untilQuiet(db);
  await foldModel({ folds: db.stores.folds, scoreWithChampion: async () => [] }, 'm');
  examples = await db.stores.examples.range('m', { fromSeq: 1 });
});
afterEach(() => db.close());

const cut = (runId: string, onsetSeq: number | null = 3) =>
  db.stores.snapshots.cut({
    runId,
    model: 'm',
    fromSeq: 1,
    cutSeq: 10,
    onsetSeq,
    parts: {
      train: examples.slice(0, 8),
      validation: examples.slice(8, 9),
      rehearsal: [],
      golden: examples.slice(9),
    },
  });

test('the same run gets the same snapshot back; equal rows have an equal digest, others another', async () => {
  const first = await cut('r1');
  expect(first).toMatchObject({
    runId: 'r1',
    cutSeq: 10,
    rows: { train: 8, validation: 1, rehearsal: 0, golden: 1 },
    rehearsalShare: 0.25,
  });
  expect(await cut('r1')).toEqual(first);
  expect(await db.stores.snapshots.get(first.id)).toEqual(first);
  const second = await cut('r2', null);
  expect(second.id).not.toBe(first.id);
  expect(second).toMatchObject({ digest: first.digest, rehearsalShare: 0 });
  examples = examples.map((e, i) => (i === 0 ? { ...e, label: e.label === 'A' ? 'B' : 'A' } : e));
  expect((await cut('r3')).digest).not.toBe(first.digest);
  await expect(db.stores.snapshots.get('nope')).rejects.toMatchObject({ code: 'DL_UNKNOWN_SNAPSHOT' });
});

test('what is read is what was cut, in its order, whatever was corrected since; withdrawn and erased rows are counted', async () => {
  const { id } = await cut('r1');
  const { snapshots } = db.stores;
  expect(await snapshots.read(id, 'train')).toEqual({ examples: examples.slice(0, 8), erased: 0 });
  expect(await snapshots.read(id, 'validation')).toEqual({ examples: examples.slice(8, 9), erased: 0 });
  expect(await snapshots.read(id, 'golden')).toEqual({ examples: examples.slice(9), erased: 0 });
  const later = { at: '2026-03-02T20:00:00.000Z' };
  const [a, b, c] = examples as [Example, Example, Example];
  await feed.feedback(
    feedbackOn(a, a.label === 'A' ? 'B' : 'A', { ...later, kind: 'correction' }),
    feedbackOn(b, null, { ...later, kind: 'retract' }),
  );
  await db.handle.pool.query(
    'update predictions set input = null, erased_at = now() where prediction_id = $1',
    [c.predictionId],
  );
  expect(await snapshots.read(id, 'train')).toEqual({ examples: [a, ...examples.slice(3, 8)], erased: 2 });
});

test('an input that was changed behind its back is noticed', async () => {
  const { id } = await cut('r1');
  await db.handle.pool.query(`update predictions set input = '{"x": 99}' where prediction_id = $1`, [
    examples[8]!.predictionId,
  ]);
  await expect(db.stores.snapshots.read(id, 'validation')).rejects.toMatchObject({
    code: 'DL_SNAPSHOT_CORRUPT',
  });
});

test('a row that an ancestor has trained or validated on is seen, for all its descendants', async () => {
  const { snapshots, versions } = db.stores;
  const { id: snapshotId } = await cut('r1');
  const register = (parent: string, snapshot: string | null) =>
    versions.register({
      model: 'm',
      digest: `d-${parent}`,
      parent,
      runId: null,
      snapshotId: snapshot,
      trainSeconds: null,
      accuracyOnTest: null,
    });
  const child = await register('v1', snapshotId);
  const grandchild = await register(child.version, null);
  const [fresh] = await feed.labelled([{ truth: 'A' }]);
  const ids = [...examples.map((e) => e.predictionId), fresh!];
  const seen = await snapshots.seenBy('m', [grandchild.version], ids);
  expect([...seen].sort()).toEqual(examples.map((e) => e.predictionId).sort());
  expect(await snapshots.seenBy('m', ['v1'], ids)).toEqual(new Set());
});
