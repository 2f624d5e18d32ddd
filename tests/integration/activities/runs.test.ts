import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServabilityActivities } from '../../../activities/check-servability.ts';
import { createSnapshotActivities } from '../../../activities/cut-snapshot.ts';
import { createGateActivities } from '../../../activities/evaluate-challenger.ts';
import { createFineTuneActivities } from '../../../activities/fine-tune.ts';
import type { FineTuned, FineTuning } from '../../../activities/fine-tune.ts';
import { createRegistryActivities } from '../../../activities/register.ts';
import { trialServers } from '../../../cli/roles/trial-server.ts';
import { checkInstances } from '../../../domain/check-instance.ts';
import { imageTexts } from '../../../infra/images/image-texts.ts';
import { createChildPredictor } from '../../../infra/tensorflow/child-predictor.ts';
import { createChildTrainer } from '../../../infra/tensorflow/child-trainer.ts';
import { fitImages } from '../../../serving/fit-images.ts';
import { readLearnt } from '../../../training/learnt-file.ts';
import { openActivityWorld, regret } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { questionRows, questions } from '../../support/question-model.ts';
import { stripeRows, stripes } from '../../support/stripes.ts';
import { startTestPostgres } from '../../support/test-database.ts';
import { labelOfAnswer } from '../../support/label-of.ts';

/** What a run of a model of texts, or of images, does, on a real database, artifact folder, trainer and predictor. */

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

const trainer = createChildTrainer();

async function fineTuned({ ports }: ActivityWorld, tuning: FineTuning): Promise<FineTuned> {
  const { fineTune } = createFineTuneActivities({ ...ports, trainer });
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  return await environment.run<[FineTuning], FineTuned, typeof fineTune>(fineTune, tuning);
}

test('questions change whose they are: from the first champion to a challenger that the gate lets pass', async () => {
  const { stores, configDigest } = world;
  const champion = await world.bootstrap(questionRows(300, 1), trainer);
  expect(champion.accuracyOnTest).toBeGreaterThan(0.9);

  const turned = 1;
  await world.label(fed(questionRows(250, 3, turned)));
  const run = { runId: 'r1', model: 'm', configDigest };
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 250 });
  const cut = { ...run, fromSeq: 1, cutSeq: 250, onsetSeq: 1 };
  const snapshot = await createSnapshotActivities(world.ports).cutSnapshot({ ...cut, isRefit: false });
  const tuning = { ...run, snapshotId: snapshot.id };
  const tuned = await fineTuned(world, tuning);
  expect(tuned.parent).toBe(champion.version);

  const challenger = await createRegistryActivities(world.ports).registerChallenger({ ...tuning, tuned });
  const reference = await stores.versions.reference('m', challenger.version);
  expect(reference?.features['question']).toMatchObject({ kind: 'text' });
  // It went on from the champion, and says so itself: whoever imports it elsewhere knows as much as this registry.
  const [learnt, before] = await Promise.all(
    [challenger, champion].map(({ version }) => stores.versions.learnt('m', version)),
  );
  expect(learnt).toMatchObject({
    isWhole: true,
    rows: expect.arrayContaining([...before!.rows]) as string[],
  });
  expect(learnt!.rows.length).toBeGreaterThan(before!.rows.length);
  expect(await readLearnt(await world.ports.artifacts.open(challenger.digest))).toMatchObject(learnt!);

  await world.label(fed(questionRows(60, 4, turned)));
  const look = { ...cut, challenger, champion: champion.version, look: 1, gate: 'strict' as const };
  const { verdict } = await createGateActivities(world.ports).evaluateChallenger({
    ...look,
    isChosenByErrors: true,
    isExpired: false,
  });
  expect(verdict, verdict.sentence).toMatchObject({ kind: 'promote', by: 'evidence' });

  const { artifacts } = world.ports;
  const startServer = trialServers({ artifacts, createPredictor: createChildPredictor });
  const servable = await createServabilityActivities({ ...world.ports, startServer }).checkServability({
    ...run,
    challenger,
  });
  expect(servable.memoryMb).toBeGreaterThan(20);
  expect(servable, servable.sentence).toMatchObject({ isServable: true });
});

test('a champion that shall be kept is not forgotten: old rows that may train are learnt again, and others measure it', async () => {
  const keeping = { ...model, fineTune: { ...model.fineTune, keep: {} } };
  const kept = await openActivityWorld(postgres.databaseUrl, keeping, predictor);
  try {
    const isNew = ({ label }: { label: string }) => label === 'access';
    const old = questionRows(600, 1).filter((row) => !isNew(row));
    const fresh = questionRows(400, 2).filter(isNew);
    await kept.bootstrap(old.slice(0, 250), trainer);
    await kept.label(fed([...old.slice(250, 370), ...fresh.slice(0, 90)]));
    const { stores, configDigest } = kept;
    const run = { runId: 'r1', model: 'm', configDigest };
    await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 210 });
    const cut = { ...run, fromSeq: 121, cutSeq: 210, onsetSeq: 121, isRefit: false };
    const snapshot = await createSnapshotActivities(kept.ports).cutSnapshot(cut);
    expect(snapshot.sentence).toMatch(/time before are learnt from again/);
    const { rows: seen } = await kept.query(
      `select distinct s.part, e.partition from snapshot_examples s
         join examples e on e.prediction_id = s.prediction_id order by 1`,
    );
    expect(seen).toEqual(
      ['golden', 'rehearsal', 'train', 'validation'].map((part) => ({ part, partition: 'train' })),
    );

    const { report, digest } = await fineTuned(kept, { ...run, snapshotId: snapshot.id });
    expect(report.kept).toMatchObject({ goldenRows: snapshot.rows.golden });
    expect(report.kept!.before).toBeGreaterThan(0.9);
    expect(report.kept!.after).toBeGreaterThan(0.9);
    await predictor.load(digest, await kept.ports.artifacts.open(digest));
    const asked = [...old.slice(370), ...fresh.slice(90)];
    const answers = await predictor.predict(
      digest,
      asked.map(({ input }) => input),
    );
    const right = answers.filter((answer, i) => labelOfAnswer(answer) === asked[i]!.label).length;
    expect(right / asked.length).toBeGreaterThan(0.9);
  } finally {
    await kept.close();
  }
});

/** As the server takes them in: fitted to the model, and kept as text. */
async function taken(rows: ReturnType<typeof stripeRows>) {
  const instances = checkInstances(
    'm',
    stripes.input,
    rows.map(({ pixels }) => ({ photo: pixels })),
  );
  const fitted = await fitImages(imageTexts, { name: 'm', input: stripes.input }, instances);
  return fitted.map((input, i) => ({ input, label: rows[i]!.label }));
}

const seer = {
  ...stripes,
  base: { kind: 'champion' },
  fineTune: { method: 'full', epochs: 6, batchSize: 16, learningRate: 0.01, augmentation: 'none' },
};

test('stripes come to be called the other way round: from the first champion to a challenger that the gate lets pass', async () => {
  const seeing = await openActivityWorld(postgres.databaseUrl, seer, predictor);
  const { stores, ports, configDigest } = seeing;
  const answered = { label: 'rows', scores: { rows: 1, columns: 0 } };
  const champion = await seeing.bootstrap(await taken(stripeRows(130, 1)), trainer);
  expect(champion.accuracyOnTest).toBeGreaterThan(0.9);

  const fed = async (count: number, seed: number) =>
    (await taken(stripeRows(count, seed, true))).map(({ input, label: truth }) => ({
      input,
      output: answered,
      truth,
    }));
  // What nobody can see is in the log all the same, and stops nothing.
  const unseen = ['not', 'an', 'image'].map((photo) => ({
    input: { photo },
    output: answered,
    truth: 'rows',
  }));
  await seeing.label([...(await fed(130, 2)), ...unseen]);
  const run = { runId: 'r1', model: 'm', configDigest };
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 133 });
  const cut = { ...run, fromSeq: 1, cutSeq: 133, onsetSeq: 1 };
  const snapshot = await createSnapshotActivities(ports).cutSnapshot({ ...cut, isRefit: false });
  const tuning = { ...run, snapshotId: snapshot.id };
  const tuned = await fineTuned(seeing, tuning);
  expect(tuned).toMatchObject({ parent: champion.version });
  expect(tuned.report.notes.join()).toMatch(/(One row has|[23] rows have) no image that can be read/);

  const challenger = await createRegistryActivities(ports).registerChallenger({ ...tuning, tuned });
  const reference = await stores.versions.reference('m', challenger.version);
  expect(reference).toMatchObject({
    features: { photo: { kind: 'image' } },
    labels: { rows: expect.any(Number) },
  });

  // They are among the rows that test, too; a server would refuse them, and is not asked.
  await seeing.label([...(await fed(40, 3)), ...unseen]);
  const { verdict } = await createGateActivities(ports).evaluateChallenger({
    ...cut,
    challenger,
    champion: champion.version,
    look: 1,
    gate: 'strict',
    isChosenByErrors: true,
    isExpired: false,
  });
  expect(verdict, verdict.sentence).toMatchObject({ kind: 'promote', by: 'evidence' });

  const startServer = trialServers({ artifacts: ports.artifacts, createPredictor: createChildPredictor });
  const servable = await createServabilityActivities({ ...ports, startServer }).checkServability({
    ...run,
    challenger,
  });
  expect(servable, servable.sentence).toMatchObject({ isServable: true });
  await seeing.close();
});
