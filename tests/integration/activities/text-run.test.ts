import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServabilityActivities } from '../../../activities/check-servability.ts';
import { createSnapshotActivities } from '../../../activities/cut-snapshot.ts';
import { createGateActivities } from '../../../activities/evaluate-challenger.ts';
import { createFineTuneActivities } from '../../../activities/fine-tune.ts';
import type { FineTuned } from '../../../activities/fine-tune.ts';
import { createRegistryActivities } from '../../../activities/register.ts';
import { bootstrapModel } from '../../../cli/commands/bootstrap.ts';
import { createChildPredictor } from '../../../infra/tensorflow/child-predictor.ts';
import { createChildTrainer } from '../../../infra/tensorflow/child-trainer.ts';
import { openActivityWorld, regret } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { questionRows, questions } from '../../support/question-model.ts';
import { startTestPostgres } from '../../support/test-database.ts';

/** What a run of a model of texts does, on a real database, artifact folder, trainer and predictor. */

const model = {
  task: questions.task,
  input: questions.input,
  base: { kind: 'champion' },
  fineTune: { method: 'full', epochs: 4, longest: 16, batchSize: 16 },
};
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
const predictor = createChildPredictor();
beforeAll(async () => {
  postgres = await startTestPostgres();
  world = await openActivityWorld(postgres.databaseUrl, model, predictor);
});
afterAll(async () => {
  await predictor.close();
  await world?.close();
  await postgres?.stop();
});

/** What production said back; what it was answered does not matter here. */
const output = { label: 'cards', scores: { cards: 1, money: 0, access: 0 } };
const fed = (rows: ReturnType<typeof questionRows>) =>
  rows.map(({ input, label: truth }) => ({ input, output, truth }));

test('questions change whose they are: from the first champion to a challenger that the gate lets pass', async () => {
  const { stores, configDigest } = world;
  const ports = { ...world.ports, trainer: createChildTrainer() };
  const { config } = await stores.models.get('m');
  const known = questionRows(300, 1);
  const champion = await bootstrapModel({
    model: config,
    rows: known.map(({ input }) => input),
    labels: known.map(({ label }) => label),
    stores,
    tuning: ports,
    by: 'ada',
  });
  expect(champion.accuracyOnTest).toBeGreaterThan(0.9);

  const turned = 1;
  await world.label(fed(questionRows(250, 3, turned)));
  const run = { runId: 'r1', model: 'm', configDigest };
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 250 });
  const cut = { ...run, fromSeq: 1, cutSeq: 250, onsetSeq: 1 };
  const snapshot = await createSnapshotActivities(stores).cutSnapshot({ ...cut, isRefit: false });
  const { fineTune } = createFineTuneActivities(ports);
  const tuning = { ...run, snapshotId: snapshot.id };
  const tuned = await new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<
    [typeof tuning],
    FineTuned,
    typeof fineTune
  >(fineTune, tuning);
  expect(tuned.parent).toBe(champion.version);

  const challenger = await createRegistryActivities(ports).registerChallenger({ ...tuning, tuned });
  const reference = await stores.versions.reference('m', challenger.version);
  expect(reference?.features['question']).toMatchObject({ kind: 'text' });

  await world.label(fed(questionRows(60, 4, turned)));
  const look = { ...cut, challenger, champion: champion.version, look: 1, gate: 'strict' as const };
  const { verdict } = await createGateActivities(ports).evaluateChallenger({
    ...look,
    isChosenByErrors: true,
    isExpired: false,
  });
  expect(verdict, verdict.sentence).toMatchObject({ kind: 'promote', by: 'evidence' });

  const startPredictor = async () => createChildPredictor();
  const servable = await createServabilityActivities({ ...ports, startPredictor }).checkServability({
    model: 'm',
    challenger,
  });
  expect(servable, servable.sentence).toMatchObject({ isServable: true });
});
