import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSnapshotActivities } from '../../../activities/cut-snapshot.ts';
import { createGateActivities } from '../../../activities/evaluate-challenger.ts';
import type { Look } from '../../../activities/evaluate-challenger.ts';
import type { Predictor } from '../../../domain/ports.ts';
import { caughtAsync } from '../../support/caught.ts';
import { openActivityWorld, regret, why } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
/** Rows so far: their numbers, and with them their partitions, are those of every run of the test. */
let made = 0;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  made = 0;
  // A third of the rows never trains, so that a short test has some of each.
  world = await openActivityWorld(postgres.databaseUrl, {
    retrain: { holdoutShare: 0.34 },
    gate: { slices: ['group'], minSliceRows: 20 },
  });
});
afterEach(() => world.close());

/** Equal inputs would be in the same partition: each row has its own. */
const rows = (truths: string, group = 'g') =>
  Array.from(truths, (truth) => ({ truth, input: { x: (made += 1), group } }));

/** v1 says A and is champion; 100 rows, the last 60 of them B; a snapshot of those; v2, which learnt from it, says B. */
async function trained(learnable = 'B'.repeat(60)) {
  const { stores, configDigest } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.label(rows('A'.repeat(40) + learnable));
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 100 });
  const snapshot = await createSnapshotActivities(world.ports).cutSnapshot({
    runId: 'r1',
    model: 'm',
    configDigest,
    fromSeq: 41,
    cutSeq: 100,
    onsetSeq: 41,
    isRefit: false,
  });
  const { version, digest } = await world.addVersion('B', { runId: 'r1', snapshotId: snapshot.id });
  const look: Look = {
    runId: 'r1',
    model: 'm',
    configDigest,
    challenger: { version, digest },
    champion: 'v1',
    look: 1,
    cutSeq: 100,
    onsetSeq: 41,
    isChosenByErrors: true,
    gate: 'patient',
    isExpired: false,
  };
  return { snapshot, look };
}
const holdoutOf = async (fromSeq: number, toSeq: number) =>
  (await world.stores.examples.range('m', { fromSeq, toSeq })).filter((e) => e.partition === 'holdout');
const evaluate = (look: Look) => createGateActivities(world.ports).evaluateChallenger(look);

test('it tests on what arrived after the cut and on holdout rows since the onset, and on nothing it was trained on', async () => {
  const { snapshot, look } = await trained();
  const held = await holdoutOf(41, 100);
  expect(held.length).toBeGreaterThan(5);
  expect(snapshot.rows.train + snapshot.rows.validation).toBe(60 - held.length);

  const before = await evaluate(look);
  expect(before.rows).toBe(held.length);
  // The champion was caught on these very rows: they are shown, and prove nothing.
  expect(before.verdict).toMatchObject({ kind: 'hold' });

  await world.label(rows(`A${'B'.repeat(30)}`));
  const after = await evaluate({ ...look, look: 2 });
  expect(after.rows).toBe(held.length + 31);
  expect(after.verdict).toMatchObject({ kind: 'promote', by: 'evidence' });
  const [first, second] = await world.stores.runs.evaluations('r1');
  expect(first).toMatchObject({ look: 1, rows: held.length, champion: 'v1', challenger: 'v2' });
  expect(second!.report).toMatchObject({ freshRows: 31, evidence: { rows: 31, wins: 30, losses: 1 } });
  expect((await world.stores.versions.get('m', 'v2')).accuracyOnTest).toBe(1 - 1 / after.rows);
});

test('where nobody chose the rows by their errors, holdout rows are evidence from the first look on', async () => {
  const { look } = await trained(`${'B'.repeat(11)}A`.repeat(5));
  const held = await holdoutOf(41, 100);
  expect(held.length).toBeGreaterThanOrEqual(9);
  const strict = { ...look, gate: 'strict', isChosenByErrors: false } as const;
  const { verdict } = await evaluate(strict);
  expect(verdict).toMatchObject({ kind: 'promote' });
});

test('a row that an ancestor of the challenger has learnt from tests nobody', async () => {
  const { look } = await trained();
  const { stores, configDigest } = world;
  await world.label(rows('B'.repeat(40)));
  // v2 becomes champion; v3 descends from it and is trained on later rows only.
  await stores.routes.promote('m', 'v2', why);
  await stores.runs.begin({ id: 'r2', model: 'm', trigger: regret, configDigest, labelledAtStart: 140 });
  const snapshot = await createSnapshotActivities(world.ports).cutSnapshot({
    runId: 'r2',
    model: 'm',
    configDigest,
    fromSeq: 101,
    cutSeq: 140,
    onsetSeq: 41,
    isRefit: false,
  });
  const { version, digest } = await world.addVersion('A', { runId: 'r2', snapshotId: snapshot.id });
  const { rows: tested } = await evaluate({
    ...look,
    runId: 'r2',
    challenger: { version, digest },
    champion: 'v2',
    cutSeq: 140,
  });
  expect(tested).toBe((await holdoutOf(41, 140)).length);
});

test('a challenger that is better on the whole but worse in a slice is turned down, and told where', async () => {
  const { look } = await trained();
  await world.label([...rows('B'.repeat(60)), ...rows('A'.repeat(20), 'h')]);
  const { verdict } = await evaluate(look);
  expect(verdict).toMatchObject({ kind: 'reject', by: 'guardrail' });
  expect(verdict.sentence).toContain('group is h');
});

test('the same look again keeps its first row; a gate that may not wait any longer rejects', async () => {
  const { look } = await trained();
  await world.label(rows('BA'.repeat(6)));
  const first = await evaluate({ ...look, gate: 'strict' });
  expect(first.verdict.kind).toBe('hold');
  const [kept] = await world.stores.runs.evaluations('r1');
  await evaluate({ ...look, gate: 'strict' });
  expect(await world.stores.runs.evaluations('r1')).toEqual([kept]);
  const last = await evaluate({ ...look, gate: 'strict', look: 2, isExpired: true });
  expect(last.verdict).toMatchObject({ kind: 'reject', by: 'expired' });
});

test('too few rows to train and validate on is an error with a fix', async () => {
  const { configDigest, stores } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.label(rows('A'));
  const cut = createSnapshotActivities(world.ports).cutSnapshot({
    runId: 'r1',
    model: 'm',
    configDigest,
    fromSeq: 1,
    cutSeq: 1,
    onsetSeq: 1,
    isRefit: false,
  });
  await expect(cut).rejects.toMatchObject({ code: 'DL_NO_TRAINING_ROWS' });
});

test('size and speed that the config bounds are measured of what is stored', async () => {
  const judged = async (artifact: object) => {
    await world.close();
    made = 0;
    world = await openActivityWorld(postgres.databaseUrl, {
      retrain: { holdoutShare: 0.34 },
      gate: { artifact },
    });
    const { look } = await trained();
    await world.label(rows(`A${'B'.repeat(30)}`));
    return (await evaluate(look)).verdict;
  };
  expect((await judged({ megabytesAtMost: 1, p99MsAtMost: 10_000 })).kind).toBe('promote');
  const { kind, sentence } = await judged({ megabytesAtMost: 0.000_001 });
  expect([kind, sentence]).toEqual(['reject', expect.stringContaining('The artifact is')]);
});

test('a source that says otherwise than the others and decides alone holds the gate, until its labels are left out', async () => {
  const { look } = await trained();
  const said = (truths: string, source: string) => rows(truths).map((row) => ({ ...row, source }));
  await world.label([...said('AB'.repeat(15), 'app'), ...said('B'.repeat(30), 'bot')]);
  const { verdict } = await evaluate({ ...look, gate: 'strict' });
  expect(verdict).toMatchObject({ kind: 'hold', code: 'DL_GATE_SOURCES' });
  expect(verdict.sentence).toContain('bot sees the challenger right on 30 of 30');
  await evaluate({ ...look, gate: 'strict', look: 2 });
  const audited = await world.stores.audit.list({ model: 'm', limit: 9 });
  // Said once, however often it is looked at.
  expect(audited.filter(({ action }) => action === 'gate')).toMatchObject([
    { by: 'gate', subject: 'r1', refused: 'DL_GATE_SOURCES', because: verdict.sentence },
  ]);

  const configDigest = await world.declare({ gate: { withoutSources: ['bot'] } });
  const without = await evaluate({ ...look, gate: 'strict', configDigest, look: 3 });
  expect(without.verdict).toMatchObject({ kind: 'hold' });
  expect(without.verdict).not.toHaveProperty('code', 'DL_GATE_SOURCES');
  const [first, , third] = await world.stores.runs.evaluations('r1');
  expect(first!.rows - third!.rows).toBe(30);
});

test.each([
  [
    'scores that are no numbers',
    ({ predict, ...rest }: Predictor): Predictor => ({
      ...rest,
      predict: async (key, asked) =>
        (await predict(key, asked)).map((output) => ({ ...output, scores: { A: Number.NaN, B: 1 } })),
    }),
    'DL_GATE_SCORES',
    /^The challenger's score of "A" is NaN in row 1 of the test set\.$/,
  ],
  [
    'answers to other rows than those of the test',
    ({ predict, ...rest }: Predictor): Predictor => ({
      ...rest,
      predict: async (key, asked) => (await predict(key, asked)).slice(1),
    }),
    'DL_GATE_ROWS',
    /^The challenger answered \d+ rows and the test set has \d+\.$/,
  ],
])('%s are refused with a code, and are in the audit log', async (_, broken, code, message) => {
  const { look } = await trained();
  await world.label(rows('B'.repeat(30)));
  const gate = createGateActivities({ ...world.ports, predictor: broken(world.ports.predictor) });
  const error = await caughtAsync(() => gate.evaluateChallenger(look));
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  const audited = await world.stores.audit.list({ action: 'gate', limit: 9 });
  expect(audited).toMatchObject([
    { by: 'gate', model: 'm', subject: 'r1', refused: code, because: error.message },
  ]);

  // A log that cannot be written hides nothing of it.
  const mute = { append: () => Promise.reject(new Error('the log is away')) };
  const unheard = createGateActivities({
    ...world.ports,
    predictor: broken(world.ports.predictor),
    audit: mute,
  });
  await expect(unheard.evaluateChallenger(look)).rejects.toMatchObject({ code });
});

test('a test without a row is held, and stands in the audit log once for as long as it is so', async () => {
  const { look } = await trained();
  const empty = { ...look, cutSeq: 100, onsetSeq: 101 };
  for (const at of [1, 2]) {
    const { verdict, rows: tested } = await evaluate({ ...empty, look: at });
    expect([tested, verdict]).toMatchObject([0, { kind: 'hold', code: 'DL_GATE_FEW_ROWS' }]);
    // As the run tells it.
    await world.stores.runs.note('r1', {
      key: `look-${at}`,
      phase: 'holding',
      sentence: verdict.sentence,
      data: { look: at, rows: tested, verdict: 'hold', code: 'DL_GATE_FEW_ROWS' },
    });
  }
  const audited = await world.stores.audit.list({ action: 'gate', limit: 9 });
  expect(audited.map(({ subject, refused }) => [subject, refused])).toEqual([['r1', 'DL_GATE_FEW_ROWS']]);
});

test('a thousand rows of one household prove no more than one', async () => {
  const { look } = await trained();
  const configDigest = await world.declare({ entity: 'household' });
  const of = (household: string, truth = 'B') =>
    rows(truth).map((row) => ({ ...row, context: { household } }));
  await world.label(Array.from({ length: 30 }, () => of('the one')).flat());
  const alone = await evaluate({ ...look, gate: 'strict', configDigest });
  expect(alone.verdict.kind).toBe('hold');
  const [first] = await world.stores.runs.evaluations('r1');
  expect((first!.report['checks'] as { rows: number }[])[0]!.rows).toBe(1);
  await world.label(Array.from({ length: 12 }, (_, i) => of(`household ${i}`)).flat());
  await world.label(of('another', 'A'));
  const many = await evaluate({ ...look, gate: 'strict', configDigest, look: 2 });
  expect(many.verdict.kind).toBe('promote');
});
