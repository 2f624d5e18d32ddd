import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSnapshotActivities } from '../../../activities/cut-snapshot.ts';
import { createGateActivities } from '../../../activities/evaluate-challenger.ts';
import { goldenLearnt } from '../../../activities/learnt-rows.ts';
import { prepareTraining } from '../../../activities/prepare-training.ts';
import { verifyRun } from '../../../activities/verify-run.ts';
import { learntUnknown, type GoldenKind, type Learnt } from '../../../domain/golden.ts';
import type { Feature } from '../../../domain/input.ts';
import { contentHash } from '../../../training/data/content-hash.ts';
import { openActivityWorld, regret, why } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { typingAt } from '../../support/typing-at.ts';
import { startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  world = await openActivityWorld(postgres.databaseUrl);
});
afterEach(() => world.close());

const input: Record<string, Feature> = {
  x: { kind: 'number' },
  group: { kind: 'category', values: ['g', 'h'] },
};
const asGolden = (kind: GoldenKind, labels: string) =>
  Array.from(labels, (label, i) => {
    const row = { x: 1_000 + i, group: kind === 'pinned' ? 'g' : 'h' };
    return { id: contentHash(input, row), kind, input: row, label };
  });
const rows = (truths: string) => Array.from(truths, (truth, x) => ({ truth, input: { x, group: 'g' } }));

/** v1 says A and is champion, v2 says B; rows that prove that B is right, and no more than that. */
async function onTrial(learnt?: Learnt) {
  const { stores, configDigest } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 0 });
  const { version, digest } = await world.addVersion('B', { runId: 'r1', ...(learnt ? { learnt } : {}) });
  await world.label(rows(`A${'B'.repeat(13)}`));
  let looks = 0;
  return async () => {
    const { verdict } = await createGateActivities(world.ports).evaluateChallenger({
      runId: 'r1',
      model: 'm',
      configDigest: (await stores.runs.get('r1')).configDigest,
      challenger: { version, digest },
      champion: 'v1',
      look: (looks += 1),
      cutSeq: 0,
      onsetSeq: 1,
      isChosenByErrors: false,
      gate: 'strict',
      isExpired: false,
    });
    const { isEqual, differences } = await verifyRun(world.ports, 'r1');
    expect({ isEqual, differences }).toEqual({ isEqual: true, differences: [] });
    return verdict;
  };
}
const add = (...given: Parameters<typeof asGolden>) => world.stores.golden.add('m', asGolden(...given), why);

test('pinned rows block always, each of them; one is there once, and a retired one can come back', async () => {
  const { golden } = world.stores;
  const look = await onTrial();
  expect((await look()).kind).toBe('promote');
  expect(await add('pinned', 'BBA')).toEqual({ added: 3, known: 0 });
  expect(await add('pinned', 'BBA')).toEqual({ added: 0, known: 3 });
  expect(await look()).toMatchObject({
    kind: 'reject',
    by: 'guardrail',
    sentence: 'Rejected: 2 of 3 pinned cases are answered right.',
  });
  const ids = (await golden.list('m')).filter(({ label }) => label === 'A').map(({ id }) => id);
  expect(await golden.retire('m', { ids }, why)).toBe(1);
  expect((await look()).kind).toBe('promote');
  expect(await add('pinned', 'BBA')).toEqual({ added: 1, known: 2 });
  expect((await look()).kind).toBe('reject');
});

test('sampled rows block, unless triage says that the world has changed: then they are reported and given up', async () => {
  const look = await onTrial();
  await add('sampled', 'A'.repeat(12));
  expect(await look()).toMatchObject({
    kind: 'reject',
    sentence: expect.stringContaining('12 old cases') as string,
  });
  const triage = { diagnosis: 'conceptDrift', treatment: 'fine-tune' };
  await world.stores.runs.note('r1', { key: 't', phase: 'triage', sentence: 'Drift.', data: { triage } });
  const drifted = async () => {
    const { verdict } = (await world.stores.runs.evaluations('r1')).at(-1)!;
    return verdict.kind;
  };
  // The look before was judged when nobody had said so; only what comes after it may rest on that.
  await world.query('delete from verdicts; delete from evaluations; delete from tested_rows');
  expect((await look()).kind).toBe('promote');
  expect(await drifted()).toBe('promote');
  expect(await world.stores.golden.list('m')).toEqual([]);
});

test('what has learnt from a golden row is not promoted; what may have is said to', async () => {
  const [row] = asGolden('pinned', 'B');
  const look = await onTrial({ rows: [row!.id.slice(0, 16)], isWhole: true });
  await add('pinned', 'B');
  expect(await look()).toMatchObject({ kind: 'reject', by: 'guardrail', code: 'DL_GOLDEN_LEARNT' });
  await world.query("update versions set learnt = null, learnt_is_whole = false where version = 'v2'");
  await world.query('delete from verdicts; delete from evaluations; delete from tested_rows');
  expect((await look()).kind).toBe('promote');
  const [evaluation] = await world.stores.runs.evaluations('r1');
  expect(evaluation!.report['checks']).toContainEqual(
    expect.objectContaining({ name: 'golden.lineage', result: 'reported' }),
  );
});

test('a golden row that the config has left behind is said to be so', async () => {
  const look = await onTrial();
  await world.stores.golden.add('m', [{ ...asGolden('pinned', 'B')[0]!, label: 'C' }], why);
  expect(await look()).toMatchObject({ kind: 'reject', code: 'DL_GOLDEN_UNFIT' });
});

test('rows that say what a golden row says do not train, and what was learnt is kept with the version', async () => {
  const { stores } = world;
  // Nearly nothing is held out: which rows are, is chance.
  const configDigest = await world.declare({ retrain: { holdoutShare: 1e-9 } });
  await world.addVersion('A', { learnt: { rows: ['0123456789abcdef'], isWhole: true } });
  await stores.routes.promote('m', 'v1', why);
  const [pinned] = asGolden('pinned', 'B');
  await world.label([...rows('AB'.repeat(20)), { truth: 'B', input: pinned!.input }]);
  await add('pinned', 'B');
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 41 });
  const { id, sentence, apart } = await createSnapshotActivities(world.ports).cutSnapshot({
    runId: 'r1',
    model: 'm',
    configDigest,
    fromSeq: 1,
    cutSeq: 41,
    onsetSeq: 1,
    isRefit: false,
  });
  expect(apart.left).toEqual({ golden: 1, heldOut: 0 });
  expect(sentence).toContain('1 row is left out, because it says what a golden row says');
  const { config } = await stores.models.get('m');
  const tuning = { runId: 'r1', model: 'm', configDigest, snapshotId: id };
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-prepared-'));
  const { learnt } = await prepareTraining(world.ports, tuning, scratch);
  await rm(scratch, { recursive: true });
  // It begins from scratch: what v1 has learnt is nothing to it.
  expect(learnt).toEqual({ rows: expect.any(Array) as string[], isWhole: true, byChance: 0 });
  expect(learnt.rows).not.toContain('0123456789abcdef');
  expect(goldenLearnt([pinned!], learnt)).toEqual([]);
  const trained = (await stores.snapshots.read(id, 'train')).examples[0]!;
  expect(goldenLearnt([{ id: contentHash(config.input, trained.input) }], learnt)).toHaveLength(1);
  const { version } = await world.addVersion('B', { snapshotId: id, learnt });
  // How often they met by chance stands beside the version only: the registry asks of single rows.
  const { byChance: _, ...kept } = learnt;
  expect(await stores.versions.learnt('m', version)).toEqual(kept);
  await world.addVersion('B');
  expect(await stores.versions.learnt('m', 'v3')).toEqual(learntUnknown);
});

test('rows are pinned, sampled, listed and retired on the command line; what is no row of the model is refused', async () => {
  const { folder, type } = typingAt(world.db, { DRIFTLOOP_LOCAL_USER: 'grace' });
  const golden = (...args: string[]) => type('golden', ...args);
  const write = (...lines: string[]) =>
    writeFile(path.join(folder, 'rows.csv'), ['x,group,truth', ...lines, ''].join('\n'));
  await write('-1,g,A', '-2,h,B', '-2.0,h,B');
  const data = ['--data', 'rows.csv', '--label', 'truth'];
  expect(await golden('add', 'm', ...data)).toMatchObject({
    code: 0,
    out: expect.stringContaining('2 rows are golden now (pinned).') as string,
  });
  await write('-1,g,A', '-1,g,B');
  expect((await golden('add', 'm', ...data)).err).toContain('DL_GOLDEN_UNFIT');
  await world.addVersion('A');
  await world.stores.routes.promote('m', 'v1', why);
  await world.label(rows('AB'.repeat(100)));
  expect((await golden('sample', 'm', '--rows', '3')).out).toContain('3 rows are golden now (sampled).');
  const { out } = await golden('list', 'm', '--json');
  const listed = JSON.parse(out) as { id: string; kind: string; input: object }[];
  expect(
    listed
      .map(({ kind }) => kind[0])
      .toSorted()
      .join(''),
  ).toBe('ppsss');
  const first = listed.find(({ kind }) => kind === 'pinned')!.id.slice(0, 10);
  // An empty variable of a script must not retire all of them.
  for (const named of [[''], [first.slice(0, 3)], ['ffffffffffff'], []])
    expect((await golden('retire', 'm', ...named, '--reason', 'over')).err).toContain('DL_GOLDEN_UNFIT');
  expect((await golden('retire', 'm', first, '--sampled', '--reason', 'over')).out).toContain(
    '4 golden rows of m retired',
  );
  const audit = await world.query('select action, by, via, because from audit order by id');
  expect(audit.rows.slice(-2)).toEqual([
    { action: 'retire golden', by: 'grace', via: 'local', because: 'over' },
    { action: 'retire golden', by: 'grace', via: 'local', because: 'over' },
  ]);
});
