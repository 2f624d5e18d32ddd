import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCanaryActivities } from '../../../activities/canary.ts';
import { createServabilityActivities } from '../../../activities/check-servability.ts';
import { createSnapshotActivities } from '../../../activities/cut-snapshot.ts';
import { createFineTuneActivities } from '../../../activities/fine-tune.ts';
import type { FineTuned } from '../../../activities/fine-tune.ts';
import { createMemoryActivities } from '../../../activities/recall-earlier-version.ts';
import { createRegistryActivities } from '../../../activities/register.ts';
import { createStoryActivities } from '../../../activities/run-story.ts';
import { createTriageActivities } from '../../../activities/triage.ts';
import { trialServers } from '../../../cli/roles/trial-server.ts';
import { createChildPredictor } from '../../../infra/tensorflow/child-predictor.ts';
import { createChildTrainer } from '../../../infra/tensorflow/child-trainer.ts';
import { fakeMetricsReader } from '../../fakes/metrics-reader.ts';
import { fakePredictor } from '../../fakes/predictor.ts';
import { openActivityWorld, regret, why } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { feedNow } from '../../support/ingest-feed.ts';
import { startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  const fineTune = { method: 'full', minSteps: 40, maxSteps: 80, epochs: 4 };
  world = await openActivityWorld(postgres.databaseUrl, { fineTune });
});
afterEach(() => world.close());

const begin = async (id: string) => {
  const { stores, configDigest } = world;
  const labelledAtStart = await stores.examples.labelled('m');
  await stores.runs.begin({ id, model: 'm', trigger: regret, configDigest, labelledAtStart });
};
const rows = (truths: string) =>
  Array.from(truths, (truth, x) => ({ truth, input: { x: truth === 'A' ? x : -x, group: 'g' } }));
/** Of one label alone nothing could be told. */
const backToA = 'AAAAAAAAAB'.repeat(10);
const canary = () => {
  const { reader } = fakeMetricsReader(Date.now);
  return createCanaryActivities({ ...world.ports, metrics: reader }, { namespace: 'default' });
};
const step = () => ({
  model: 'm',
  runId: 'r1',
  configDigest: world.configDigest,
  version: 'v2',
  champion: 'v1',
});

test('from snapshot to a registered version that a server answers with, told and counted on the way', async () => {
  const { stores, ports, configDigest } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.label(rows('AB'.repeat(100)));
  await begin('r1');
  const snapshot = await createSnapshotActivities(ports).cutSnapshot({
    runId: 'r1',
    model: 'm',
    configDigest,
    fromSeq: 1,
    cutSeq: 200,
    onsetSeq: 1,
    isRefit: false,
  });
  const { fineTune } = createFineTuneActivities({ ...ports, trainer: createChildTrainer() });
  const tuning = { runId: 'r1', model: 'm', configDigest, snapshotId: snapshot.id };
  const tune = () =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<
      [typeof tuning],
      FineTuned,
      typeof fineTune
    >(fineTune, tuning);
  const tuned = await tune();
  expect(tuned.parent).toBe('v1');
  // The same snapshot and seed again, as a worker does that was killed: the same artifact, whatever lies there.
  await ports.checkpoints.save('r1', fileURLToPath(import.meta.url));
  expect((await tune()).digest).toBe(tuned.digest);
  await expect
    .poll(async () => (await stores.runs.story('r1')).map(({ sentence }) => sentence))
    .toEqual([expect.stringContaining('begins again: its checkpoint is damaged')]);

  const { registerChallenger } = createRegistryActivities(ports);
  const registration = { model: 'm', runId: 'r1', snapshotId: snapshot.id, tuned };
  const challenger = await registerChallenger(registration);
  expect(await registerChallenger(registration)).toEqual(challenger);
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-none-'));
  expect(await ports.checkpoints.load('r1', path.join(scratch, 'checkpoint'))).toBe(false);
  await rm(scratch, { recursive: true });
  expect(await stores.versions.get('m', 'v2')).toMatchObject({ role: 'challenger', parent: 'v1' });
  expect((await stores.versions.reference('m', 'v2'))!.features['x']).toMatchObject({ kind: 'number' });
  expect(await stores.runs.get('r1')).toMatchObject({ version: 'v2', progress: { step: 40 } });

  const predictor = createChildPredictor();
  try {
    const { checkServability } = createServabilityActivities({
      ...ports,
      predictor,
      startServer: trialServers({ artifacts: ports.artifacts, createPredictor: createChildPredictor }),
    });
    const found = await checkServability({ runId: 'r1', configDigest, model: 'm', challenger });
    expect(found).toMatchObject({ isServable: true, sentence: expect.stringContaining('100 rows') });
  } finally {
    await predictor.close();
  }
});

test('an artifact that is not what it was when it was registered is never served', async () => {
  const { stores, ports, configDigest } = world;
  const { digest } = await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.label(rows('AB'));
  const empty = await mkdtemp(path.join(tmpdir(), 'driftloop-empty-'));
  const artifacts = { ...ports.artifacts, open: async () => empty };
  const { checkServability } = createServabilityActivities({
    ...ports,
    artifacts,
    startServer: trialServers({ artifacts, createPredictor: () => fakePredictor().predictor }),
  });
  const check = { runId: 'r1', configDigest, model: 'm', challenger: { version: 'v1', digest } };
  await expect(checkServability(check)).rejects.toMatchObject({ code: 'DL_ARTIFACT_CORRUPT' });
  await rm(empty, { recursive: true });
});

test('memory brings back an earlier champion that fits the new rows, and no version that never was one', async () => {
  const { stores, ports, configDigest } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.addVersion('B');
  await stores.routes.promote('m', 'v2', why);
  await world.addVersion('A'); // v3 is only a challenger
  const { recallEarlierVersion, adoptEarlierVersion } = createMemoryActivities(ports);
  const recall = () => recallEarlierVersion({ runId: 'r1', model: 'm', configDigest });
  await world.label(rows('B'.repeat(300)));
  await begin('r1');
  expect(await recall()).toBeNull();
  await world.label(rows(backToA));
  const recalled = await recall();
  expect(recalled).toMatchObject({ version: 'v1', champion: 'v2' });
  // It is a verdict like any other, with what it was made from.
  const [look] = await stores.runs.evaluations('r1');
  expect(look).toMatchObject({ look: 0, challenger: 'v1', champion: 'v2', verdict: { kind: 'promote' } });
  expect(look!.report).toMatchObject({ gate: 'memory', evidence: { wins: 90, losses: 10 }, tried: 1 });

  await adoptEarlierVersion({ model: 'm', runId: 'r1', version: 'v1', sentence: 'v1 fits.' });
  expect((await stores.versions.get('m', 'v1')).role).toBe('challenger');
  // Taken off trial again, it rests; it is not rejected for good.
  const { dismissChallenger } = createRegistryActivities(ports);
  await dismissChallenger({ model: 'm', runId: 'r1', version: 'v1', because: 'a test' });
  expect((await stores.versions.get('m', 'v1')).role).toBe('retired');
  await dismissChallenger({ model: 'm', runId: 'r1', version: 'v3', because: 'a test' });
  expect((await stores.versions.get('m', 'v3')).role).toBe('rejected');
});

test('a challenger that is dismissed leaves the traffic', async () => {
  const { stores, ports } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.addVersion('B');
  await begin('r1');
  const generation = await canary().setShare({ ...step(), mode: 'canary', share: 0.3, because: 'a test' });
  expect(await canary().setShare({ ...step(), mode: 'canary', share: 0.3, because: 'a test' })).toBe(
    generation,
  );
  expect((await stores.routes.get('m'))!.challenger).toMatchObject({ version: 'v2', share: 0.3 });
  await createRegistryActivities(ports).dismissChallenger({
    model: 'm',
    runId: 'r1',
    version: 'v2',
    because: 'withdrawn',
  });
  expect((await stores.routes.get('m'))!.challenger).toBeNull();
});

test('a promotion is made once, and plans its refit; when somebody else became champion meanwhile it is refused', async () => {
  const { stores } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.addVersion('B');
  await world.addVersion('A');
  const promotion = { ...step(), because: 'better', refit: { onsetSeq: 101, trainedAtSeq: 400 } };
  const generation = await canary().promoteChallenger(promotion);
  expect(await canary().promoteChallenger(promotion)).toBe(generation);
  expect((await stores.examples.policyView('m')).plannedRefit).toEqual({ onsetSeq: 101, atSeq: 1_300 });

  // Somebody goes back before the worker could say that it was done: what it says again changes nothing.
  await stores.routes.promote('m', 'v1', why);
  const back = (await stores.routes.get('m'))!;
  expect((await stores.examples.policyView('m')).plannedRefit).toBeNull();
  expect(await canary().promoteChallenger(promotion)).toBe(back.generation);
  expect(await stores.routes.get('m')).toEqual(back);

  await stores.routes.promote('m', 'v3', why);
  const other = { ...promotion, runId: 'r2' };
  await expect(canary().promoteChallenger(other)).rejects.toMatchObject({ code: 'DL_CHAMPION_CHANGED' });
  await expect(
    canary().setShare({ ...step(), mode: 'canary', share: 0.3, because: 'late' }),
  ).rejects.toMatchObject({
    code: 'DL_CHAMPION_CHANGED',
  });
  expect((await stores.routes.get('m'))!.champion.version).toBe('v3');
});

test('a feature that has gone missing keeps anything from being trained, with its name', async () => {
  const { stores, ports, configDigest } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  const { triage: asked } = createTriageActivities(ports);
  const triage = () => asked({ runId: 'r1', model: 'm', configDigest, trigger: regret });
  await world.label(rows('AB'.repeat(60)));
  expect(await triage()).toMatchObject({ diagnosis: 'unclear', treatment: 'fine-tune' });
  await world.predict(Array.from({ length: 120 }, (_, x) => ({ x: null, group: x % 2 ? 'g' : 'h' })));
  const found = await triage();
  expect(found).toMatchObject({
    diagnosis: 'brokenData',
    treatment: 'stop',
    sentence: expect.stringContaining('"x"'),
  });
});

test('messages that are refused en masse are broken data, too, and the rows that still come say when they were predicted', async () => {
  const { stores, ports, configDigest } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.label(rows('AB'.repeat(60)));
  expect(await stores.examples.refusals('m', { newest: 100, before: 10 })).toEqual({
    now: { hits: 0, rows: 100 },
    before: { hits: 0, rows: 10 },
  });
  expect([...(await stores.examples.predictedAt('m', { fromSeq: 119, limit: 9 }))]).toEqual([
    [120, feedNow],
    [119, feedNow],
  ]);
  const inputs = Array.from({ length: 200 }, (_, x) => ({ x, group: 'g' }));
  await world.predict([...inputs, ...inputs, ...inputs]);
  await world.predict(inputs, { label: 'neither' });
  await world.predict(inputs.slice(0, 50));
  const answered = await stores.examples.recordedAnswers('m', 'v1', 3);
  expect(answered).toEqual(
    answered.map(() => ({ input: { x: expect.any(Number) as number, group: 'g' }, label: 'A' })),
  );
  expect(answered).toHaveLength(3);
  expect(await stores.examples.recordedAnswers('m', 'v2', 3)).toEqual([]);
  expect(await stores.examples.refusals('m', { newest: 100, before: 10 })).toMatchObject({
    now: { hits: 200, rows: 300 },
  });
  const { triage } = createTriageActivities(ports);
  expect(await triage({ runId: 'r1', model: 'm', configDigest, trigger: regret })).toMatchObject({
    diagnosis: 'brokenData',
    evidence: [{ says: expect.stringContaining('Messages are refused') }],
  });
});

test('an earlier champion that fits is found by triage, with the evidence that memory keeps; a config may train instead', async () => {
  const { stores, ports } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.label(rows('A'.repeat(310)));
  await world.addVersion('B');
  await stores.routes.promote('m', 'v2', why);
  await world.label(rows('B'.repeat(310)));
  await world.label(rows(backToA));
  await begin('r1');
  const { triage } = createTriageActivities(ports);
  const asked = (configDigest: string) => triage({ runId: 'r1', model: 'm', configDigest, trigger: regret });
  const { configDigest: digest } = world;
  expect(await asked(digest)).toMatchObject({
    treatment: 'reuse',
    recalled: { version: 'v1', champion: 'v2' },
  });
  expect(await stores.runs.evaluations('r1')).toMatchObject([{ look: 0, challenger: 'v1' }]);

  const otherwise = await world.declare({ retrain: { triage: { recurring: 'fine-tune' } } });
  expect(await asked(otherwise)).toMatchObject({
    diagnosis: 'recurring',
    treatment: 'fine-tune',
    overriddenBy: 'retrain.triage.recurring of the config',
    recalled: null,
  });
  const { recallEarlierVersion } = createMemoryActivities(ports);
  expect(await recallEarlierVersion({ runId: 'r1', model: 'm', configDigest: otherwise })).toBeNull();
});

test('a run keeps the config that it began with, its first outcome, and each line of its story once', async () => {
  const { stores, configDigest } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  const story = createStoryActivities(world.ports);
  const begun = await story.beginRun({ runId: 'r1', model: 'm', trigger: regret });
  expect(begun).toMatchObject({ configDigest, mode: 'auto', rollout: { plan: { canary: [0.1] } } });
  expect(await story.beginRun({ runId: 'r1', model: 'm', trigger: regret })).toEqual(begun);
  const event = { key: 'k1', phase: 'snapshot', sentence: 'Learns.' } as const;
  await story.tell({ runId: 'r1', event });
  await story.tell({ runId: 'r1', event });
  await story.endRun({ runId: 'r1', outcome: { kind: 'skipped', sentence: 'First.' } });
  await story.endRun({ runId: 'r1', outcome: { kind: 'failed', sentence: 'Second.' } });
  expect((await stores.runs.story('r1')).map(({ sentence }) => sentence)).toEqual(['Learns.', 'First.']);
  expect((await stores.runs.get('r1')).outcome).toMatchObject({ kind: 'skipped' });
});
