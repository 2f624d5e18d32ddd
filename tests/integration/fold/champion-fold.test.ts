import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { observeAll, start } from '../../../monitors/regret.ts';
import { foldModel, type ScoreWithChampion } from '../../../monitors/fold/fold-model.ts';
import { runFolds } from '../../../monitors/fold/run-folds.ts';
import { parseConfig } from '../../../domain/config.ts';
import type { DriftBudget } from '../../../monitors/drift-budget/drift-budget.ts';
import { watchStreams } from '../../../monitors/fold/watch-streams.ts';
import { declared, declareModel } from '../../support/declare-model.ts';
import { feedbackOn, prediction, startFeed } from '../../support/ingest-feed.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';
import { untilQuiet } from '../../support/until-quiet.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
let feed: ReturnType<typeof startFeed>;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  db = await openTestDatabase(postgres.databaseUrl);
  await declareModel(db.stores, 3);
  feed = startFeed(db);
});
afterEach(() => db.close());

const why = { by: 'ada', because: 'a test' };
const nobody: ScoreWithChampion = async () => {
  throw new Error('the champion has answered everything itself');
};
/** A champion that answers A where x is positive. */
const bySign: ScoreWithChampion = async (_, inputs) =>
  inputs.map(({ x }) => ({ label: Number(x) > 0 ? 'A' : 'B', scores: {} }));

/** Until nothing new is known. What else is open on the server holds a fold back, and is waited for. */
async function foldAll(scoreWithChampion = nobody, limit = 100) {
  await untilQuiet(db);
  let folded = 0;
  while ((await db.stores.folds.behind()).length > 0) {
    const step = await foldModel({ folds: db.stores.folds, scoreWithChampion, limit }, 'm');
    folded += step?.folded ?? 0;
  }
  return folded;
}

const scores = async () =>
  (
    await db.handle.pool.query<{ seq: number; id: string; version: string | null; correct: boolean | null }>(
      'select seq, prediction_id as id, version, correct from champion_scores order by seq',
    )
  ).rows;
const rows = (truths: string, label = 'A') => Array.from(truths, (truth) => ({ truth, label }));

test('examples are numbered without gaps in the order in which their labels became known', async () => {
  const { routes, examples } = db.stores;
  await routes.promote('m', 'v1', why);
  const late = prediction();
  await feed.predictions(late);
  const first = await feed.labelled(rows('ABBAABABBA'));
  await feed.feedback(feedbackOn(late, 'A'));
  const last = await feed.labelled(rows('BA'));
  expect(await foldAll(nobody, 2)).toBe(13);
  const have = await scores();
  expect(have.map((s) => s.seq)).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
  const order = have.map((s) => s.id);
  expect(order.slice(0, 10)).toEqual(first);
  expect(order[10]).toBe(late.predictionId);
  expect(order.slice(11)).toEqual(last);
  const range = await examples.range('m', { fromSeq: 10, toSeq: 12 });
  expect(range.map((e) => e.seq)).toEqual([10, 11, 12]);
  expect((await examples.range('m', { fromSeq: 1, limit: 2 })).map((e) => e.seq)).toEqual([12, 13]);
  expect(range[1]).toEqual({
    seq: 11,
    predictionId: late.predictionId,
    input: { x: 1 },
    label: 'A',
    partition: expect.stringMatching(/train|holdout/),
  });
  expect(await examples.labelled('m')).toBe(13);
});

test('the champion is scored on every example, whoever answered it; regret is folded from exactly that', async () => {
  const { routes, examples } = db.stores;
  await routes.promote('m', 'v1', why);
  await feed.labelled([
    { truth: 'B', label: 'A' },
    // The challenger was wrong here; the champion would have been right.
    { truth: 'A', label: 'B', version: 'v2', input: { x: 1 } },
    { truth: 'B', label: 'B', version: 'v2', input: { x: 1 } },
  ]);
  await foldAll(bySign);
  const have = await scores();
  expect(have.map((s) => s.version)).toEqual(['v1', 'v1', 'v1']);
  const view = await examples.policyView('m');
  expect([...view.errors].filter((e) => e === 1)).toHaveLength(2);
  expect(view).toMatchObject({ labelled: 3, tookOverAtSeq: 0, champion: { version: 'v1' } });
});

test('after the reference rows the regret is what the pure function makes of the same errors', async () => {
  const { routes, examples, versions } = db.stores;
  await routes.promote('m', 'v1', why);
  const truths = 'A'.repeat(290) + 'B'.repeat(10) + 'B'.repeat(40) + 'A'.repeat(5);
  await feed.labelled(rows(truths));
  await foldAll(nobody, 64);
  const view = await examples.policyView('m');
  const want = observeAll(start(), view.errors);
  expect(want.reference).not.toBe(null);
  expect(view.regret).toBeCloseTo(want.regret, 10);
  expect(view.regret).toBeGreaterThan(1);
  expect((await versions.get('m', 'v1')).referenceErrorRate).toBeCloseTo(want.reference!, 10);
});

test('a new champion begins afresh from the next row on; one that comes back gets its own reference again', async () => {
  const { routes, examples, versions } = db.stores;
  await routes.promote('m', 'v1', why);
  await feed.labelled(rows('A'.repeat(280) + 'B'.repeat(25)));
  await foldAll();
  const own = (await versions.get('m', 'v1')).referenceErrorRate;
  expect(own).toBeGreaterThan(0);
  await routes.promote('m', 'v2', why);
  expect(await examples.policyView('m')).toMatchObject({
    labelled: 305,
    tookOverAtSeq: 305,
    regret: 0,
    errors: new Uint8Array(),
  });
  await feed.labelled(rows('AAB').map((r) => ({ ...r, version: 'v2' })));
  await foldAll();
  expect(await examples.policyView('m')).toMatchObject({
    tookOverAtSeq: 305,
    labelled: 308,
    champion: { version: 'v2' },
  });
  expect((await scores()).slice(-3).map((s) => s.version)).toEqual(['v2', 'v2', 'v2']);
  await routes.promote('m', 'v1', why);
  const { rows: states } = await db.handle.pool.query<{
    state: { reference: number | null; predecessorReference: number | null };
  }>('select state from regrets order by generation');
  expect(states.map((s) => s.state.reference)).toEqual([own, null, own]);
  expect(states[1]!.state.predecessorReference).toBe(own);
});

test('what was recorded of each champion is told by its takeovers, with its answers where they are known', async () => {
  const { routes, examples } = db.stores;
  await routes.promote('m', 'v1', why);
  const began = Date.now();
  await feed.labelled([
    { truth: 'A', label: 'A' },
    { truth: 'B', label: 'A' },
    { truth: 'A', label: 'B', version: 'v2', input: { x: 1 } },
    { truth: 'B', label: 'B', version: 'v2', input: { x: 1 } },
  ]);
  await foldAll(bySign);
  await routes.promote('m', 'v2', why);
  await feed.labelled([{ truth: 'B', label: 'B', version: 'v2' }]);
  await foldAll();
  const reigns = await examples.record('m', 100);
  expect(
    reigns.map(({ version, rows: own }) => [version, own.map((r) => [r.seq, r.isWrong, r.answer])]),
  ).toEqual([
    [
      'v1',
      [
        [1, false, 'A'],
        [2, true, 'A'],
        [3, false, 'A'],
        [4, true, ''],
      ],
    ],
    ['v2', [[5, false, 'B']]],
  ]);
  expect(Math.abs(reigns[0]!.rows[0]!.atMs - began)).toBeLessThan(60_000);
  expect((await examples.record('m', 2)).map(({ rows: own }) => own.length)).toEqual([1, 1]);
});

test('before there is a champion examples are numbered all the same', async () => {
  const { routes, examples } = db.stores;
  await feed.labelled(rows('AB'));
  expect(await foldAll()).toBe(2);
  expect(await examples.labelled('m')).toBe(2);
  await expect(examples.policyView('m')).rejects.toMatchObject({ code: 'DL_NO_CHAMPION' });
  await routes.promote('m', 'v1', why);
  await feed.labelled(rows('A'));
  await foldAll();
  expect(await examples.policyView('m')).toMatchObject({ tookOverAtSeq: 2, errors: Uint8Array.of(0) });
});

test('a transaction that is still open is waited for: what it commits is never passed over', async () => {
  await db.stores.routes.promote('m', 'v1', why);
  const early = prediction();
  const late = prediction();
  await feed.predictions(early, late);
  const client = await db.handle.pool.connect();
  await client.query('begin');
  await client.query('create table holds_an_id ()');
  await feed.feedback(feedbackOn(late, 'A'));
  const fold = () => foldModel({ folds: db.stores.folds, scoreWithChampion: nobody }, 'm');
  expect(await fold()).toMatchObject({ folded: 0 });
  await client.query('commit');
  client.release();
  expect(await foldAll()).toBe(1);
});

test('behind are a model never folded and one with a new label; nothing else is', async () => {
  const { folds } = db.stores;
  const names = async () => (await folds.behind()).join();
  expect(await names()).toBe('m');
  await foldModel({ folds, scoreWithChampion: nobody }, 'm');
  expect(await names()).toBe('');
  await feed.predictions(prediction());
  expect(await names()).toBe('');
  await feed.labelled(rows('A'));
  await expect.poll(names).toBe('m');
  expect(await foldAll()).toBe(1);
  expect(await names()).toBe('');
});

test('two owners at once: each example is folded once', async () => {
  await db.stores.routes.promote('m', 'v1', why);
  await feed.labelled(rows('AB'.repeat(50)));
  const controller = new AbortController();
  const problems: unknown[] = [];
  const run = () =>
    runFolds({
      folds: db.stores.folds,
      scoreWithChampion: nobody,
      signal: controller.signal,
      everyMs: 5,
      limit: 7,
      onProblem: (problem) => problems.push(problem),
    });
  const runs = [run(), run(), run()];
  await expect.poll(() => db.stores.examples.labelled('m'), { timeout: 20_000 }).toBe(100);
  controller.abort();
  await Promise.all(runs);
  expect(problems).toEqual([]);
  expect((await scores()).map((s) => s.seq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
});

test('a champion that cannot answer loses nothing: the same examples are folded when it can', async () => {
  await db.stores.routes.promote('m', 'v1', why);
  await feed.labelled([{ truth: 'A', version: 'v2' }]);
  await expect(foldAll(nobody)).rejects.toThrow('answered everything itself');
  expect(await db.stores.examples.labelled('m')).toBe(0);
  expect(await foldAll(bySign)).toBe(1);
});

test('a corrected label does not rewrite the fold, but is what training reads; a withdrawn one is gone', async () => {
  const { routes, examples } = db.stores;
  await routes.promote('m', 'v1', why);
  const [a, b, c] = [prediction(), prediction(), prediction()];
  await feed.predictions(a, b, c);
  await feed.feedback(feedbackOn(a, 'A'), feedbackOn(b, 'A'), feedbackOn(c, 'A'));
  await foldAll();
  const later = { at: '2026-03-02T20:00:00.000Z' };
  await feed.feedback(
    feedbackOn(a, 'B', { ...later, kind: 'correction' }),
    feedbackOn(b, null, { ...later, kind: 'retract' }),
  );
  expect(await foldAll()).toBe(0);
  const labels = async () =>
    Object.fromEntries((await examples.range('m', { fromSeq: 1 })).map((e) => [e.predictionId, e.label]));
  expect(await labels()).toEqual({ [a.predictionId]: 'B', [c.predictionId]: 'A' });
  expect([...(await examples.policyView('m')).errors]).toEqual([0, 0, 0]);
  await feed.feedback(feedbackOn(b, 'B', { at: '2026-03-02T21:00:00.000Z' }));
  expect(await foldAll()).toBe(0);
  expect((await labels())[b.predictionId]).toBe('B');
  expect(await examples.labelled('m')).toBe(3);
});

test('a label that was withdrawn before it was folded counts when it is given again', async () => {
  await db.stores.routes.promote('m', 'v1', why);
  const a = prediction();
  await feed.predictions(a);
  await feed.feedback(
    feedbackOn(a, 'A'),
    feedbackOn(a, null, { kind: 'retract', at: '2026-03-02T20:00:00.000Z' }),
  );
  expect(await foldAll()).toBe(0);
  await feed.labelled(rows('A'));
  expect(await foldAll()).toBe(1);
  await feed.feedback(feedbackOn(a, 'B', { at: '2026-03-02T21:00:00.000Z' }));
  expect(await foldAll()).toBe(1);
  expect(await db.stores.examples.labelled('m')).toBe(2);
});

test('a database restored on another cluster, with smaller transaction ids, goes on where it was', async () => {
  await db.stores.routes.promote('m', 'v1', why);
  await feed.labelled(rows('AB'));
  await foldAll();
  const [pending] = await feed.labelled(rows('A'));
  // What a dump from an older cluster looks like here.
  await db.handle.pool.query(
    'update examples set known_xid = (known_xid::text::bigint + 1000000000000)::text::xid8',
  );
  await db.handle.pool.query(
    'update folds set known_xid = (known_xid::text::bigint + 1000000000000)::text::xid8',
  );
  expect(await foldAll()).toBe(1);
  expect((await scores()).at(-1)).toMatchObject({ seq: 3, id: pending });
  await feed.labelled(rows('B'));
  expect(await foldAll()).toBe(1);
  expect(await db.stores.examples.labelled('m')).toBe(4);
});

test('the policy sees the last training, whether it was dropped by patience, and the planned refit', async () => {
  const { routes, runs, examples } = db.stores;
  await routes.promote('m', 'v1', why);
  const trigger = { kind: 'regret', firedAt: '2026-03-02T00:00:00.000Z', reason: 'regret' } as const;
  for (const [id, seq] of [
    ['r1', 10],
    ['r2', 700],
  ] as const) {
    await runs.begin({ id, model: 'm', trigger, configDigest: 'c', labelledAtStart: seq });
    await runs.trainingBegan(id, seq);
    await runs.trainingBegan(id, seq + 5);
  }
  expect(await examples.policyView('m')).toMatchObject({
    lastTrainingAtSeq: 700,
    lastWasDropped: false,
    plannedRefit: null,
  });
  await runs.update('r2', { verdict: { kind: 'reject', by: 'patience', sentence: 'Behind.' } });
  await examples.planRefit('m', { onsetSeq: 500, atSeq: 1_300 });
  expect(await examples.policyView('m')).toMatchObject({
    lastWasDropped: true,
    plannedRefit: { onsetSeq: 500, atSeq: 1_300 },
  });
  await examples.planRefit('m', null);
  expect((await examples.policyView('m')).plannedRefit).toBe(null);
});

test('declared detectors see the same errors; what they find is kept with the step that found it', async () => {
  const { models, routes, totals } = db.stores;
  const watch = (params: object) => [
    { kind: 'detector', method: 'adwin', params },
    { kind: 'drift', falseAlarmsPerMonth: 2 },
  ];
  const declare = (params: object) =>
    models.apply(parseConfig({ models: [{ ...declared.models[0], watch: watch(params) }] }));
  await declare({ delta: 0.01 });
  await routes.promote('m', 'v1', why);
  await feed.labelled(rows('A'.repeat(300) + 'B'.repeat(100)));
  await foldAll(nobody, 64);
  const { streams, findings } = watchStreams(
    {
      version: 'v1',
      streams: {},
      detectors: [{ kind: 'detector', method: 'adwin', params: { delta: 0.01 }, window: '1d' }],
    },
    Array.from({ length: 400 }, (_, i) => ({ isWrong: i >= 300, answer: 'A', atMs: i })),
  );
  expect(findings.length).toBeGreaterThan(0);
  const kept = await db.handle.pool.query<{
    model: string;
    version: string;
    monitor: string;
    sentence: string;
  }>('select model, version, monitor, level, value, sentence from findings order by id');
  expect(kept.rows).toEqual(findings.map((finding) => ({ model: 'm', version: 'v1', ...finding })));
  const { drifts, level } = streams['adwin']!;
  expect((await totals.standings())[0]!.streams['adwin']).toMatchObject({ drifts, level });

  // The monitor with a budget of false alarms saw the same rows, and when each was known.
  const { rows: folded } = await db.handle.pool.query<{ state: DriftBudget }>(
    "select streams -> 'drift' -> 'state' as state from regrets",
  );
  const { rows: arrived } = await db.handle.pool.query<{ last: string }>(
    'select extract(epoch from max(arrived_at)) * 1000 as last from examples',
  );
  expect(folded[0]!.state).toMatchObject({
    rows: 400,
    wrong: 100,
    answers: ['A'],
    atMs: Number(arrived[0]!.last),
  });
  const budget = { falseAlarmsPerMonth: 2, isVerified: false, months: 0, monthsNeeded: 0.5 };
  expect((await totals.standings('m'))[0]!.streams['drift']).toMatchObject({ level: 'unknown', budget });
  expect(await totals.standings('other')).toEqual([]);

  // A champion that takes over begins afresh.
  await routes.promote('m', 'v2', why);
  expect((await totals.standings())[0]!.streams).toEqual({});
});
