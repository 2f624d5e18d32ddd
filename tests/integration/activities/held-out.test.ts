import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSnapshotActivities } from '../../../activities/cut-snapshot.ts';
import { createGateActivities } from '../../../activities/evaluate-challenger.ts';
import type { Look } from '../../../activities/evaluate-challenger.ts';
import { verifyRun } from '../../../activities/verify-run.ts';
import { digestOf } from '../../../infra/postgres/digests.ts';
import { openActivityWorld, regret, why } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
let made = 0;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  made = 0;
  world = await openActivityWorld(postgres.databaseUrl, { retrain: { holdoutShare: 0.34 } });
});
afterEach(() => world.close());

const rows = (truths: string) =>
  Array.from(truths, (truth) => ({ truth, input: { x: (made += 1), group: 'g' } }));
const heldOut = async (fromSeq: number, toSeq: number) =>
  (await world.stores.examples.range('m', { fromSeq, toSeq })).filter((e) => e.partition === 'holdout');
/** With so large an effect a few rows may judge two challengers. */
const lasting = () => world.declare({ gate: { effect: 0.99, alpha: 0.49 } });

/** v1 says A and is champion, and 100 rows of which the last 60 are B. */
async function begin() {
  await world.addVersion('A');
  await world.stores.routes.promote('m', 'v1', why);
  await world.label(rows('A'.repeat(40) + 'B'.repeat(60)));
}

/** A run for another version that says B and came from elsewhere: no snapshot was cut for it. */
async function trial(runId: string, asked: Partial<Look> = {}): Promise<Look> {
  const { stores } = world;
  const configDigest = asked.configDigest ?? world.configDigest;
  await stores.runs.begin({ id: runId, model: 'm', trigger: regret, configDigest, labelledAtStart: 100 });
  const { version, digest } = await world.addVersion('B', { runId });
  return {
    runId,
    model: 'm',
    configDigest,
    challenger: { version, digest },
    champion: 'v1',
    look: 1,
    cutSeq: 100,
    onsetSeq: 41,
    isChosenByErrors: false,
    gate: 'strict',
    isExpired: false,
    ...asked,
  };
}
const evaluate = (look: Look) => createGateActivities(world.ports).evaluateChallenger(look);
const newest = async (runId: string) => (await world.stores.runs.evaluations(runId)).at(-1)!.report;
const verified = async (runId: string) => (await verifyRun(world.ports, runId)).differences;

test('the next challenger that the same rows judge may spend less, and looking twice is no second use', async () => {
  await begin();
  const configDigest = await lasting();
  const [first, second] = [await trial('r1', { configDigest }), await trial('r2', { configDigest })];
  const uses: unknown[] = [];
  for (const look of [first, second, { ...second, look: 2 }]) {
    await evaluate(look);
    uses.push((await newest(look.runId))['use']);
  }
  expect(uses).toEqual([1, 2, 2]);
});

test('fresh rows that judged a challenger are held-out rows of the next, and count as asked', async () => {
  await begin();
  await world.label(rows('B'.repeat(40)));
  const errors = await trial('r1', { isChosenByErrors: true, gate: 'patient' });
  await evaluate(errors);
  expect(await newest('r1')).not.toHaveProperty('heldOut');
  expect((await newest('r1'))['looked']).toMatchObject({ toSeq: 140 });

  // All held-out rows of the second are rows that came after the first was cut.
  const configDigest = await lasting();
  const asked = { cutSeq: 140, onsetSeq: 101, configDigest };
  const next = await trial('r2', asked);
  await evaluate(next);
  expect(await newest('r2')).toMatchObject({
    use: 2,
    heldOut: { fromSeq: (await heldOut(101, 140))[0]!.seq },
  });
  expect([await verified('r1'), await verified('r2')]).toEqual([[], []]);
});

test('where they are used up the gate holds, with a code and how many fresh labels are wanted; then it goes on', async () => {
  await begin();
  await evaluate(await trial('r1'));
  const old = await heldOut(41, 100);

  const look = await trial('r2');
  await world.label(rows('B'.repeat(30)));
  const { verdict, rows: tested } = await evaluate(look);
  expect(tested).toBe(30);
  expect(verdict).toEqual({
    kind: 'hold',
    code: 'DL_GATE_WORN_OUT',
    labelsNeeded: 70,
    sentence: `Held: ${old.length} held-out rows have judged as many challengers as they may, and judge nobody any more; 70 fresh labels are wanted.`,
  });
  const audited = await world.stores.audit.list({ model: 'm', limit: 9 });
  expect(audited.filter(({ subject }) => subject === 'r2')).toMatchObject([
    { action: 'gate', refused: 'DL_GATE_WORN_OUT' },
  ]);

  await world.label(rows('B'.repeat(65) + 'A'.repeat(5)));
  const later = await evaluate({ ...look, look: 2 });
  expect([later.rows, later.verdict.kind]).toEqual([100, 'promote']);
  expect(await verified('r2')).toEqual([]);
});

test('used up held-out rows validate the next challenger, newer ones test it, and its gate knows', async () => {
  await begin();
  const judge = (challenger: string, toSeq: number) =>
    world.stores.runs.saveEvaluation('r1', {
      look: 1,
      rows: 9,
      challenger,
      champion: 'v1',
      testDigest: 't',
      report: { looked: { fromSeq: 41, toSeq } },
      verdict: { kind: 'hold', labelsNeeded: 9, sentence: 'Not enough.' },
    });
  const look = await trial('r1');
  await judge('v101', 80);
  const snapshot = await createSnapshotActivities(world.ports).cutSnapshot({
    runId: 'r1',
    model: 'm',
    configDigest: world.configDigest,
    fromSeq: 41,
    cutSeq: 100,
    onsetSeq: 41,
    isRefit: false,
  });
  const [worn, fit] = [await heldOut(41, 80), await heldOut(81, 100)];
  expect(snapshot.sentence).toContain(
    `${worn.length} held-out rows have judged as many challengers as they may and are worn out`,
  );
  const { examples: validation } = await world.stores.snapshots.read(snapshot.id, 'validation');
  expect(validation.filter(({ partition }) => partition === 'holdout')).toEqual(worn);
  const { version, digest } = await world.addVersion('B', { runId: 'r1', snapshotId: snapshot.id });
  const tested = await evaluate({ ...look, look: 2, challenger: { version, digest } });
  expect(tested.rows).toBe(fit.length);
  expect(tested.verdict).toMatchObject({ code: 'DL_GATE_WORN_OUT', labelsNeeded: 100 - fit.length });
});

test('what an earlier Driftloop kept of a look is verified as it was, and still counts', async () => {
  await begin();
  await evaluate(await trial('r1'));
  const { looked: _, ...report } = await newest('r1');
  const { wear: __, ...terms } = report['terms'] as Record<string, unknown>;
  const sentence =
    'The held-out rows judge their 1. challenger, which may spend 0.030 of the chance of a false promotion.';
  const checks = (report['checks'] as { name: string }[]).map((check) =>
    check.name === 'test.use' ? { ...check, sentence } : check,
  );
  const before = { ...report, terms, checks };
  await world.query(`update evaluations set report = $1, report_digest = $2`, [before, digestOf(before)]);
  await world.query(`update verdicts set report_digest = $1`, [digestOf(before)]);
  expect(await verified('r1')).toEqual([]);

  await world.label(rows('B'.repeat(30)));
  expect((await evaluate(await trial('r2'))).verdict).toMatchObject({ code: 'DL_GATE_WORN_OUT' });
  expect([await verified('r1'), await verified('r2')]).toEqual([[], []]);
});
