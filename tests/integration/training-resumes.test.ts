import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSnapshotActivities } from '../../activities/cut-snapshot.ts';
import { createTrainingActivities } from '../../activities/control-activities.ts';
import type { FineTuned, FineTuning } from '../../activities/fine-tune.ts';
import { createRegistryActivities } from '../../activities/register.ts';
import { createStoryActivities } from '../../activities/run-story.ts';
import { TRIES_IN_A_ROW } from '../../activities/training-tries.ts';
import { taskQueues, workflowIds } from '../../domain/names.ts';
import type { Trainer } from '../../domain/ports.ts';
import { createFolderCheckpoints } from '../../infra/artifacts/folder-checkpoints.ts';
import { connectLoop } from '../../infra/temporal/loop.ts';
import { createControlWorker, createTrainingWorker } from '../../infra/temporal/workers.ts';
import type { RunningWorker } from '../../infra/temporal/workers.ts';
import { createChildTrainer } from '../../infra/tensorflow/child-trainer.ts';
import { readArtifact } from '../../training/artifact.ts';
import { readMixedSafetensors } from '../../training/safetensors.ts';
import { retrain } from '../../workflows/retrain.ts';
import { regretTrigger, scriptedLoop, settings } from '../fakes/scripted-loop.ts';
import { openActivityWorld, why } from '../support/activity-world.ts';
import type { ActivityWorld } from '../support/activity-world.ts';
import { startGpuWorker } from '../support/gpu-worker.ts';
import type { GpuWorker } from '../support/gpu-worker.ts';
import { furthest } from '../support/interrupted-training.ts';
import { isAlive } from '../support/is-alive.ts';
import { startTestPostgres } from '../support/test-database.ts';
import { startTestTemporal } from '../support/test-temporal.ts';
import { until } from '../workflows/loop-environment.ts';

/**
 * Fine-tuning on a real Temporal server, PostgreSQL and artifact folder, by `driftloop worker --gpu` in processes of
 * its own that are killed. What comes before and after it in a run is scripted.
 */

const STEPS = 2_500;
const model = {
  fineTune: { method: 'full', hidden: [48], minSteps: STEPS, maxSteps: STEPS, epochs: 1, patience: 10_000 },
};
const quiet = async () => ({ kind: 'quiet', lookAgainInMs: 3_600_000 }) as const;

let temporal: Awaited<ReturnType<typeof startTestTemporal>>;
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
let folder: string;
let client: Client;
let control: RunningWorker;
let loop: Awaited<ReturnType<typeof connectLoop>>;
const gpuWorkers: GpuWorker[] = [];

beforeAll(async () => {
  [temporal, postgres] = await Promise.all([startTestTemporal(), startTestPostgres()]);
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-resumes-'));
  world = await openActivityWorld(postgres.databaseUrl, model);
  await world.addVersion('A');
  await world.stores.routes.promote('m', 'v1', why);
  const truths = Array.from({ length: 400 }, (_, i) => ((i * 7) % 11 < 5 ? 'A' : 'B'));
  await world.label(truths.map((truth, i) => ({ truth, input: { x: (i * 7) % 11, group: 'g' } })));
  client = new Client({ connection: temporal.connection, namespace: temporal.address.namespace });
  const { namespace } = world;
  control = await createControlWorker({ ...onQueues(namespace), activities: scriptedAround() });
  loop = await connectLoop({ namespace, temporal: temporal.address });
});
afterAll(async () => {
  await Promise.all(gpuWorkers.map((worker) => worker.stop()));
  await loop?.close();
  await control?.stop();
  await world?.close();
  await postgres?.stop();
  await temporal?.stop();
  await rm(folder, { recursive: true, force: true });
});

const onQueues = (namespace: string) => ({
  connection: temporal.connection,
  temporalNamespace: temporal.address.namespace,
  namespace,
});

/** Everything but fine-tuning: what touches training is real, the rest follows a script. */
function scriptedAround() {
  const { ports, stores, configDigest } = world;
  const story = createStoryActivities(ports);
  const cut = { model: 'm', configDigest, fromSeq: 1, cutSeq: 400, onsetSeq: 1, isRefit: false };
  return scriptedLoop({
    watchForTrigger: quiet,
    async beginRun({ runId, model: name, trigger }) {
      await stores.runs.begin({ id: runId, model: name, trigger, configDigest, labelledAtStart: 400 });
      return settings({ configDigest });
    },
    tell: story.tell,
    endRun: story.endRun,
    cutSnapshot: ({ runId }) => createSnapshotActivities(ports).cutSnapshot({ ...cut, runId }),
    registerChallenger: createRegistryActivities(ports).registerChallenger,
    // What is looked at is the training.
    evaluateChallenger: async () => ({
      verdict: { kind: 'reject', by: 'evidence', sentence: 'Enough.' },
      rows: 1,
      nextLookAtSeq: 500,
    }),
  }).activities;
}

const startGpu = async (name: string): Promise<GpuWorker> => {
  const worker = await startGpuWorker(path.join(folder, name), {
    DATABASE_URL: world.db.databaseUrl,
    DRIFTLOOP_NAMESPACE: world.namespace,
    DRIFTLOOP_TEMPORAL_ADDRESS: temporal.address.address,
    DRIFTLOOP_ARTIFACTS: world.artifactsFolder,
    DRIFTLOOP_CHECKPOINT_MS: '150',
  });
  gpuWorkers.push(worker);
  return worker;
};

/** A run that no supervisor knows of. */
const startRun = (runId: string, namespace = world.namespace) =>
  client.workflow.start(retrain, {
    taskQueue: taskQueues(namespace).control,
    workflowId: `${namespace}/${runId}`,
    args: [{ namespace, model: 'm', runId, trigger: regretTrigger }],
  });

const checkpointFile = (runId: string) =>
  path.join(world.artifactsFolder, '.checkpoints', `${runId}.safetensors`);
/** The step of the newest checkpoint of a run; 0 while there is none. */
async function keptStep(runId: string): Promise<number> {
  const bytes = await readFile(checkpointFile(runId)).catch(() => null);
  if (bytes === null) return 0;
  const { driftloop } = readMixedSafetensors(bytes).metadata;
  return (JSON.parse(String(driftloop)) as { state: { step: number } }).state.step;
}
const storyOf = async (runId: string) =>
  (await world.stores.runs.story(runId)).map(({ sentence }) => sentence);
const resumedAt = async (runId: string): Promise<number[]> =>
  (await storyOf(runId)).flatMap((sentence) => {
    const found = /resumed at step (\d+) of/.exec(sentence);
    return found === null ? [] : [Number(found[1])];
  });

/** Kills at once; returns the step of the last checkpoint that anybody can go on from. */
async function killAt(step: number, runId: string, pid: () => number | null): Promise<number> {
  await until(async () => (await keptStep(runId)) > step, 60_000);
  process.kill(pid()!, 'SIGKILL');
  return await keptStep(runId);
}

const trainedUninterrupted = (tuning: FineTuning): Promise<FineTuned> => {
  const { fineTune } = createTrainingActivities({
    ...world.ports,
    trainer: createChildTrainer(),
    checkpoints: createFolderCheckpoints(path.join(folder, 'none')),
  });
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<
    [FineTuning],
    FineTuned,
    typeof fineTune
  >(fineTune, tuning);
};

/** How long it takes until the process is gone, in milliseconds. */
async function untilDead(pid: number): Promise<number> {
  const startedAt = performance.now();
  await until(() => !isAlive(pid), 20_000);
  return performance.now() - startedAt;
}
const trainerOf = async (worker: GpuWorker): Promise<number> => {
  await until(() => worker.trainer() !== null, 30_000);
  return worker.trainer()!;
};

test.concurrent('kill -9 of the trainer and of its worker costs the steps since the last checkpoint, and nothing of the result', async () => {
  const first = await startGpu('first');
  const run = await startRun('run-killed');

  const kept = await killAt(0, 'run-killed', first.trainer);
  await until(async () => (await resumedAt('run-killed')).length === 1, 30_000);
  expect(kept).toBeGreaterThan(0);
  // A checkpoint that was written while it was killed may have come after the look.
  expect((await resumedAt('run-killed'))[0]).toBeGreaterThanOrEqual(kept);
  expect(isAlive(first.pid)).toBe(true);

  const lastTrainer = await trainerOf(first);
  const keptThen = await killAt(kept + 100, 'run-killed', () => first.pid);
  expect(await untilDead(lastTrainer)).toBeLessThan(1_000);
  const second = await startGpu('second');

  // While the first run waits to be missed, the second worker has time for another one.
  const { runId } = await loop.loop.requestRun('m', { by: 'anna', reason: 'a test' });
  await until(async () => (await keptStep(runId)) > 0, 30_000);
  const paused = await trainerOf(second);
  let toldAt = performance.now();
  await loop.loop.pause('m', 'anna');
  await until(() => !isAlive(paused), 20_000);
  expect(performance.now() - toldAt).toBeLessThan(1_000);
  await until(async () => (await storyOf(runId)).some((sentence) => sentence.startsWith('Paused')), 10_000);
  const keptWhilePaused = await keptStep(runId);
  await loop.loop.resume('m', 'anna');
  await until(async () => (await resumedAt(runId)).length === 1, 30_000);
  expect(await resumedAt(runId)).toEqual([keptWhilePaused]);

  const cancelled = await trainerOf(second);
  toldAt = performance.now();
  await client.workflow.getHandle(workflowIds.retrain(world.namespace, 'm')).cancel();
  await until(() => !isAlive(cancelled), 20_000);
  expect(performance.now() - toldAt).toBeLessThan(1_000);
  await until(async () => (await world.stores.runs.get(runId)).endedAt !== null, 10_000);
  await until(async () => (await keptStep(runId)) === 0, 10_000);

  expect(await run.result()).toMatchObject({ kind: 'rejected' });
  const [, again] = await resumedAt('run-killed');
  expect(again).toBeGreaterThanOrEqual(keptThen);
  expect((await storyOf('run-killed')).join(' ')).toContain(`resumed at step ${again}.`);
  expect(await keptStep('run-killed')).toBe(0);

  const { snapshotId, version } = await world.stores.runs.get('run-killed');
  const { digest } = await world.stores.versions.get('m', version!);
  const whole = await trainedUninterrupted({
    runId: 'run-killed',
    model: 'm',
    configDigest: world.configDigest,
    snapshotId: snapshotId!,
  });
  const weightsOf = async (of: string) => (await readArtifact(await world.ports.artifacts.open(of))).weights;
  expect(furthest(await weightsOf(digest), await weightsOf(whole.digest))).toBeLessThan(1e-5);
  expect(whole.report).toMatchObject({ steps: STEPS, resumedAtStep: null });
});

test.concurrent('a training that never has the memory it needs is given up after a few tries; its worker trains the next', async () => {
  const namespace = `${world.namespace}-small`;
  // Less than it takes to load the code.
  let heapMb = 16;
  const trainer: Trainer = {
    fineTune: (job, options) =>
      createChildTrainer({ heapMb, onChild: (pid) => pids.push(pid) }).fineTune(job, options),
  };
  const pids: number[] = [];
  const workers = await Promise.all([
    createControlWorker({ ...onQueues(namespace), activities: scriptedAround() }),
    createTrainingWorker({
      ...onQueues(namespace),
      activities: createTrainingActivities({ ...world.ports, trainer }),
    }),
  ]);
  try {
    const outcome = await (await startRun('run-small', namespace)).result();
    expect(pids).toHaveLength(TRIES_IN_A_ROW);
    expect(outcome.kind).toBe('failed');
    expect(outcome.sentence).toMatch(
      /ran out of memory.*not tried again.*DL_TRAINING_OUT_OF_MEMORY.*Fix: Give/,
    );
    heapMb = 256;
    const next = await startRun('run-next', namespace);
    const isTraining = async () => ((await world.stores.runs.get('run-next')).progress?.step ?? 0) > 0;
    await until(() => isTraining().catch(() => false), 60_000);
    await next.cancel();
    expect(await next.result()).toMatchObject({ kind: 'failed', sentence: 'The run was cancelled.' });
    expect(pids).toHaveLength(TRIES_IN_A_ROW + 1);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
});
