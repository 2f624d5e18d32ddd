import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drillWayBack } from '../../../activities/drill-way-back.ts';
import { versionsOf } from '../../../cli/operate/version.ts';
import { databaseSchema } from '../../../domain/names.ts';
import type { TextOutput } from '../../../domain/task.ts';
import { createFolderStore } from '../../../infra/artifacts/folder-store.ts';
import { checkBackup } from '../../../infra/backup/check-backup.ts';
import { restoreBackup } from '../../../infra/backup/restore-backup.ts';
import { takeBackup } from '../../../infra/backup/take-backup.ts';
import { withClient } from '../../../infra/postgres/connect.ts';
import { openStores } from '../../../infra/postgres/open-stores.ts';
import { createChildPredictor } from '../../../infra/tensorflow/child-predictor.ts';
import { createChildTrainer } from '../../../infra/tensorflow/child-trainer.ts';
import { openActivityWorld, why, type ActivityWorld } from '../../support/activity-world.ts';
import { putBase, temperatures, trainReader } from '../../support/adapter-versions.ts';
import { needsShared, shared, sharedFolder } from '../../support/shared-data.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestPostgres } from '../../support/test-database.ts';

/** Versions that are adapters over one base, after the loss of everything but a backup. */

const BASE = 'vectors/finetune/bert';
const asked = temperatures.rows.slice(0, 12);
const predictor = createChildPredictor();
let here: Awaited<ReturnType<typeof startTestPostgres>>;
let elsewhere: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;

beforeAll(async () => {
  if (sharedFolder === null) return;
  [here, elsewhere] = await Promise.all([startTestPostgres(), startTestPostgres()]);
  const model = {
    task: { kind: 'classification', labels: ['cold', 'warm'] },
    input: { prompt: { kind: 'text' } },
  };
  world = await openActivityWorld(here.databaseUrl, model, predictor);
});
afterAll(async () => {
  await predictor.close();
  await world?.close();
  await Promise.all([here?.stop(), elsewhere?.stop()]);
});

test(
  'they come back with their base, answer as they did, and the way back leads to one of them',
  needsShared(BASE),
  async () => {
    const { stores, ports, namespace } = world;
    const { artifacts } = ports;
    const scratch = tempFolder();
    const baseDigest = await putBase(artifacts, shared(BASE), scratch);
    const digests: string[] = [];
    for (const seed of [1, 2]) {
      const outFolder = path.join(scratch, `v${seed}`);
      await trainReader({ base: shared(BASE), baseDigest, seed, outFolder, epochs: seed });
      const { digest } = await artifacts.put(outFolder);
      const made = { parent: null, runId: null, snapshotId: null, trainSeconds: 1, accuracyOnTest: null };
      await stores.versions.register({ model: 'm', digest, ...made });
      await predictor.load(digest, await artifacts.open(digest));
      digests.push(digest);
    }
    const answers = () => Promise.all(digests.map((digest) => predictor.predict(digest, asked)));
    const before = await answers();
    expect(before[0]).not.toEqual(before[1]);
    await stores.routes.promote('m', 'v1', why);
    // What it answered in production is what it is held against later.
    const outputs = before[0] as TextOutput[];
    await world.label(asked.map((input, i) => ({ input, output: outputs[i]!, truth: 'warm' })));
    await stores.routes.promote('m', 'v2', why);

    const file = path.join(scratch, 'backup');
    const taken = await takeBackup({ databaseUrl: world.db.databaseUrl, namespace, file, artifacts });
    expect(Object.keys(taken.tail.artifacts).toSorted()).toEqual([baseDigest, ...digests].toSorted());

    const isOther = elsewhere.databaseUrl !== world.db.databaseUrl;
    const target = { databaseUrl: elsewhere.databaseUrl, namespace: isOther ? namespace : `${namespace}-2` };
    const folder = path.join(scratch, 'restored');
    const restored = createFolderStore(folder);
    await restoreBackup(await checkBackup(file), { ...target, file, artifacts: restored });
    const [again, fresh] = [await openStores(target), createChildPredictor()];
    try {
      for (const digest of digests) await fresh.load(digest, await restored.open(digest));
      expect(await Promise.all(digests.map((digest) => fresh.predict(digest, asked)))).toEqual(before);
      const drill = () =>
        drillWayBack(
          { ...again, artifacts: restored, predictor: fresh },
          { model: 'm', by: 'ada', via: null, because: 'after the restore' },
        );
      expect(await drill()).toMatchObject({ target: 'v1', proof: { recorded: asked.length, differing: 0 } });
      const versions = versionsOf({
        stores: again,
        environment: { artifacts: folder } as never,
        admit: async () => ({ name: 'ada', via: 'local', grants: [] }) as never,
        tuning: (use) =>
          use({ ...ports, trainer: createChildTrainer(), artifacts: restored, predictor: fresh }),
      });
      const back = await versions.rollback('m', { reason: 'v2 is worse' });
      expect(back).toMatchObject({ champion: 'v1', proof: { differing: 0 } });
      expect((await again.versions.champion('m'))?.version).toBe('v1');
      // Without the base nothing is proven, and nothing moves.
      await rm(path.join(folder, baseDigest), { recursive: true });
      await expect(versions.rollback('m', { to: 'v2', reason: 'none' })).rejects.toMatchObject({
        code: 'DL_ARTIFACT_MISSING',
      });
      expect((await again.versions.champion('m'))?.version).toBe('v1');
    } finally {
      await fresh.close();
      await again.close();
      // One database for all tests keeps nothing of this one.
      await withClient(target, (client) =>
        client.query(`drop schema ${databaseSchema(target.namespace)} cascade`),
      );
    }
  },
);
