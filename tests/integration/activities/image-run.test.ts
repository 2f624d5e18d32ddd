import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSnapshotActivities } from '../../../activities/cut-snapshot.ts';
import { createGateActivities } from '../../../activities/evaluate-challenger.ts';
import { createFineTuneActivities } from '../../../activities/fine-tune.ts';
import type { FineTuned, FineTuning } from '../../../activities/fine-tune.ts';
import { createRegistryActivities } from '../../../activities/register.ts';
import { fitImages } from '../../../serving/fit-images.ts';
import { checkInstances } from '../../../domain/check-instance.ts';
import { imageTexts } from '../../../infra/images/image-texts.ts';
import { createChildPredictor } from '../../../infra/tensorflow/child-predictor.ts';
import { createChildTrainer } from '../../../infra/tensorflow/child-trainer.ts';
import { bootstrapModel } from '../../../cli/commands/bootstrap.ts';
import { openActivityWorld, regret } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { stripeRows, stripes } from '../../support/stripes.ts';
import { startTestPostgres } from '../../support/test-database.ts';

/** What a run of a model of images does, on a real database, artifact folder, trainer and predictor. */

const model = {
  ...stripes,
  base: { kind: 'champion' },
  fineTune: { method: 'full', epochs: 6, batchSize: 16, learningRate: 0.01, augmentation: 'none' },
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
const output = { label: 'rows', scores: { rows: 1, columns: 0 } };

test('stripes come to be called the other way round: from the first champion to a challenger that the gate lets pass', async () => {
  const { stores, ports, configDigest } = world;
  const trainer = createChildTrainer();
  const known = await taken(stripeRows(130, 1));
  const champion = await bootstrapModel({
    model: (await stores.models.get('m')).config,
    rows: known.map(({ input }) => input),
    labels: known.map(({ label }) => label),
    stores,
    tuning: { ...ports, trainer },
    by: 'ada',
  });
  expect(champion.accuracyOnTest).toBeGreaterThan(0.9);

  const fed = async (count: number, seed: number) =>
    (await taken(stripeRows(count, seed, true))).map(({ input, label: truth }) => ({ input, output, truth }));
  // What nobody can see is in the log all the same, and stops nothing.
  const unseen = ['not', 'an', 'image'].map((photo) => ({ input: { photo }, output, truth: 'rows' }));
  await world.label([...(await fed(130, 2)), ...unseen]);
  const run = { runId: 'r1', model: 'm', configDigest };
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 133 });
  const cut = { ...run, fromSeq: 1, cutSeq: 133, onsetSeq: 1 };
  const snapshot = await createSnapshotActivities(stores).cutSnapshot({ ...cut, isRefit: false });
  const { fineTune } = createFineTuneActivities({ ...ports, trainer });
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const tuning = { ...run, snapshotId: snapshot.id };
  const tuned = await environment.run<[FineTuning], FineTuned, typeof fineTune>(fineTune, tuning);
  expect(tuned).toMatchObject({ parent: champion.version });
  expect(tuned.report.notes.join()).toMatch(/(One row has|[23] rows have) no image that can be read/);

  const challenger = await createRegistryActivities(ports).registerChallenger({ ...tuning, tuned });
  const reference = await stores.versions.reference('m', challenger.version);
  expect(reference).toMatchObject({
    features: { photo: { kind: 'image' } },
    labels: { rows: expect.any(Number) },
  });

  await world.label(await fed(40, 3));
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
});
