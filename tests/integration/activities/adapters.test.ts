import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServabilityActivities } from '../../../activities/check-servability.ts';
import { createSnapshotActivities } from '../../../activities/cut-snapshot.ts';
import { createGateActivities } from '../../../activities/evaluate-challenger.ts';
import { createFineTuneActivities } from '../../../activities/fine-tune.ts';
import type { FineTuned, FineTuning } from '../../../activities/fine-tune.ts';
import { measureArtifact } from '../../../activities/measure-artifact.ts';
import { createRegistryActivities } from '../../../activities/register.ts';
import { trialServers } from '../../../cli/roles/trial-server.ts';
import { createChildPredictor } from '../../../infra/tensorflow/child-predictor.ts';
import { createChildTrainer } from '../../../infra/tensorflow/child-trainer.ts';
import { readOver } from '../../../training/adapters/over-base.ts';
import { openActivityWorld, regret } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { questionRows, questions, trainQuestions } from '../../support/question-model.ts';
import { startTestPostgres } from '../../support/test-database.ts';

/** A model whose versions are adapters over a base that its config names: from training to the trial of a server. */

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
let scratch: string;
const predictor = createChildPredictor();
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-adapters-run-'));
  postgres = await startTestPostgres();
  const base = path.join(scratch, 'base');
  await trainQuestions(base);
  const fineTune = { method: 'lora', rank: 4, epochs: 8, learningRate: 5e-3, longest: 16, batchSize: 16 };
  const model = { task: questions.task, input: questions.input, base, fineTune };
  world = await openActivityWorld(postgres.databaseUrl, model, predictor);
});
afterAll(async () => {
  await predictor.close();
  await world?.close();
  await postgres?.stop();
  await rm(scratch, { recursive: true, force: true });
});

const output = { label: 'cards', scores: { cards: 1, money: 0, access: 0 } };
const fed = (rows: ReturnType<typeof questionRows>) =>
  rows.map(({ input, label: truth }) => ({ input, output, truth }));

const trainer = createChildTrainer();

test('a run of adapters: the base is stored once, and a server answers what the gate has judged', async () => {
  const { stores, ports, configDigest } = world;
  const { artifacts } = ports;
  const champion = await world.bootstrap(questionRows(250, 1), trainer);
  const first = await readOver(await artifacts.open(champion.digest));
  expect(first).toMatchObject({ packing: null });

  const turned = 1;
  await world.label(fed(questionRows(250, 3, turned)));
  const run = { runId: 'r1', model: 'm', configDigest };
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 250 });
  const cut = { ...run, fromSeq: 1, cutSeq: 250, onsetSeq: 1 };
  const snapshot = await createSnapshotActivities(ports).cutSnapshot({ ...cut, isRefit: false });
  const tuning = { ...run, snapshotId: snapshot.id };
  const { fineTune } = createFineTuneActivities({ ...ports, trainer });
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const tuned = await environment.run<[FineTuning], FineTuned, typeof fineTune>(fineTune, tuning);
  const challenger = await createRegistryActivities(ports).registerChallenger({ ...tuning, tuned });
  const folder = await artifacts.open(challenger.digest);
  expect(await readOver(folder)).toEqual(first);
  // Two versions and what both are over.
  const stored = (await readdir(world.artifactsFolder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  expect(stored.sort()).toEqual([champion.digest, challenger.digest, first!.digest].sort());

  await world.label(fed(questionRows(60, 4, turned)));
  const look = { ...cut, challenger, champion: champion.version, look: 1, gate: 'strict' as const };
  const { verdict } = await createGateActivities(ports).evaluateChallenger({
    ...look,
    isChosenByErrors: true,
    isExpired: false,
  });
  expect(verdict, verdict.sentence).toMatchObject({ kind: 'promote', by: 'evidence' });
  const startServer = trialServers({ artifacts, createPredictor: createChildPredictor });
  const servable = await createServabilityActivities({ ...ports, startServer }).checkServability({
    ...run,
    challenger,
  });
  expect(servable, servable.sentence).toMatchObject({ isServable: true });

  // A server has to have the base, too, and a bound counts it.
  const measured = await measureArtifact(ports, challenger, [], { megabytesAtMost: 1 });
  const bytesOf = async (digest: string) =>
    (await artifacts.files(digest)).reduce((sum, { bytes }) => sum + bytes, 0);
  expect(measured!.bytes).toBe((await bytesOf(challenger.digest)) + (await bytesOf(first!.digest)));
});
