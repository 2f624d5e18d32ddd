import { findTwinsInThread } from '../../infra/gate/find-twins-in-thread.ts';
import { judgeInThread } from '../../infra/gate/judge-in-thread.ts';
import { reportInThread } from '../../infra/gate/report-in-thread.ts';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { bootstrapModel } from '../../cli/operate/bootstrap.ts';
import { parseConfig } from '../../domain/config.ts';
import type { Learnt } from '../../domain/golden.ts';
import type { InputRow } from '../../domain/input.ts';
import type { Predictor, Trainer } from '../../domain/ports.ts';
import type { Trigger } from '../../domain/run.ts';
import type { Version } from '../../domain/version.ts';
import { createFolderCheckpoints } from '../../infra/artifacts/folder-checkpoints.ts';
import { createBaseStore } from '../../infra/hub/base-store.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { imageTexts } from '../../infra/images/image-texts.ts';
import { foldModel } from '../../monitors/fold/fold-model.ts';
import { fakePredictor } from '../fakes/predictor.ts';
import { feedNow, prediction, startFeed } from './ingest-feed.ts';
import type { FedPrediction } from './ingest-feed.ts';
import { openTestDatabase } from './test-database.ts';

/** What a test may change about model `m`. */
type Declared = Parameters<typeof parseConfig>[0];
const declaredWith = (more: object): Declared => ({
  models: [
    {
      name: 'm',
      task: { kind: 'classification', labels: ['A', 'B'] },
      input: { x: { kind: 'number' }, group: { kind: 'category', values: ['g', 'h'] } },
      ...more,
    },
  ],
});

export const why = { by: 'ada', because: 'a test' };
export const regret: Trigger = { kind: 'regret', firedAt: '2026-03-02T12:00:00.000Z', reason: 'a test' };

/**
 * The ports of the activities over a real database and a real artifact folder. A version answers one label to
 * everything: v1 says A, v2 says B, v3 says A again; unless another predictor is given.
 */
export async function openActivityWorld(
  databaseUrl: string,
  model: object = {},
  predictor: Predictor = fakePredictor().predictor,
) {
  const db = await openTestDatabase(databaseUrl);
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-activities-'));
  const artifacts = createFolderStore(path.join(folder, 'artifacts'));
  const checkpoints = createFolderCheckpoints(path.join(folder, 'artifacts'));
  const { stores } = db;
  const { digest: configDigest } = await stores.models.apply(parseConfig(declaredWith(model)));
  const feed = startFeed(db);
  const ports = {
    ...stores,
    artifacts,
    checkpoints,
    predictor,
    bases: createBaseStore(),
    images: imageTexts,
    judge: judgeInThread,
    report: reportInThread,
    findTwins: findTwinsInThread,
  };

  /** Stores an artifact that answers `label`, and registers it. */
  async function addVersion(
    label: string,
    lineage: { runId?: string; snapshotId?: string; learnt?: Learnt } = {},
  ) {
    const artifact = path.join(folder, 'made');
    await rm(artifact, { recursive: true, force: true });
    await mkdir(artifact);
    const versions = await stores.versions.list('m');
    await writeFile(path.join(artifact, 'label.txt'), label);
    // Two versions that answer alike are still two.
    await writeFile(path.join(artifact, 'number.txt'), String(versions.length + 1));
    const { digest } = await artifacts.put(artifact);
    const { learnt } = lineage;
    const given = {
      runId: lineage.runId ?? null,
      snapshotId: lineage.snapshotId ?? null,
      ...(learnt === undefined ? {} : { learnt }),
    };
    return await stores.versions.register({
      model: 'm',
      digest,
      parent: null,
      trainSeconds: null,
      accuracyOnTest: null,
      ...given,
    });
  }

  return {
    db,
    feed,
    ports,
    stores,
    configDigest,
    namespace: db.namespace,
    artifactsFolder: path.join(folder, 'artifacts'),
    addVersion,
    /** Another config of the same model; its digest. */
    async declare(more: object): Promise<string> {
      return (await stores.models.apply(parseConfig(declaredWith(more)))).digest;
    },
    /** The first champion, from rows in their order. */
    async bootstrap(rows: readonly { input: InputRow; label: string }[], trainer: Trainer): Promise<Version> {
      return await bootstrapModel({
        model: (await stores.models.get('m')).config,
        rows: rows.map(({ input }) => input),
        labels: rows.map(({ label }) => label),
        stores,
        tuning: { ...ports, trainer },
        person: { name: 'ada', via: 'local' },
      });
    },
    /** Rows that become known in this order, and their place in it. */
    async label(rows: readonly (FedPrediction & { truth: string; source?: string })[]): Promise<void> {
      await feed.labelled(rows);
      const scoreWithChampion = async ({ digest }: { digest: string }, inputs: readonly object[]) => {
        await predictor.load(digest, await artifacts.open(digest));
        return predictor.predict(digest, inputs as never);
      };
      const fold = () => foldModel({ folds: stores.folds, scoreWithChampion, limit: 1_000 }, 'm');
      const before = await stores.examples.labelled('m');
      while ((await stores.examples.labelled('m')) < before + rows.length) await fold();
    },
    /** Predictions of a minute later, whose labels are not known. */
    async predict(
      inputs: readonly NonNullable<FedPrediction['input']>[],
      more: FedPrediction = {},
    ): Promise<void> {
      const at = (i: number) => feedNow + 60_000 + i;
      const later = inputs.map((input, i) => ({
        ...prediction({ input, at: new Date(at(i)).toISOString(), ...more }),
        predictionId: uuidv7({ msecs: at(i) }),
      }));
      await feed.predictions(...later);
    },
    /** Rows as nobody writes them: of another time. */
    query: (sql: string, values: readonly unknown[] = []) => db.handle.pool.query(sql, [...values]),
    /** Predictions of a version so far, as ingest would have counted them. */
    async count({ version, value }: { version: string; value: number }): Promise<void> {
      await db.handle.pool.query(
        `insert into totals (model, version, partition, kind, a, b, value)
         values ('m', $1, 'predictions-0', 'prediction', 'A', '', $2)
         on conflict (model, version, partition, kind, a, b) do update set value = excluded.value`,
        [version, value],
      );
    },
    async close() {
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type ActivityWorld = Awaited<ReturnType<typeof openActivityWorld>>;
