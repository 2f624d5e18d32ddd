import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command } from '../../domain/config.ts';
import { trainerSchema } from '../../domain/trainer-config.ts';
import { createPredictor, createTrainer } from '../../infra/trainer.ts';
import { labelOfAnswer } from '../support/label-of.ts';
import { startMlServer } from '../support/mlserver.ts';
import type { MlServer } from '../support/mlserver.ts';
import { keepsThePredictorContract } from '../support/predictor-contract.ts';
import { planJob, planRows, plans } from '../support/training-files.ts';

/** Versions that a program trains and a real MLServer answers with, over the Open Inference Protocol v2. */

const programs = fileURLToPath(new URL('../support/programs/', import.meta.url));
let folder: string;
let repository: string;
let server: MlServer;
const artifact = (name: string) => path.join(folder, name);

const settingsFile = JSON.stringify({
  name: 'what a program calls it',
  implementation: 'threshold_model.Threshold',
  parameters: { uri: '.' },
});

/** A version whose border lies elsewhere, by the name of its folder. */
async function train(name: string, limit: number, url = server.url): Promise<void> {
  const trainer = trainerSchema.parse(
    command([process.execPath, path.join(programs, 'threshold.mjs')], {
      settings: { column: 'tenure', leaves: { 'model-settings.json': settingsFile } },
      server: { url, repository, patience: '30s' },
    }),
  );
  if (trainer.kind !== 'command') throw new Error('not by a program');
  const job = await planJob(folder, { limit });
  const training = {
    kind: 'program',
    trainer,
    wish: null,
    base: { kind: 'champion' },
    champion: null,
    old: null,
  } as const;
  await createTrainer().fineTune({ ...job, training, outFolder: artifact(name) }, { onProgress: () => {} });
}

const placed = async () => (await readdir(repository)).filter((name) => name.startsWith('plans--'));

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-model-server-'));
  repository = path.join(folder, 'repository');
  server = await startMlServer(repository, programs);
  await train('early', 30);
  await train('late', 45);
});
afterAll(async () => {
  await server?.end();
  await rm(folder, { recursive: true, force: true });
});

describe('a version that a model server answers with', () => {
  const rows = planRows(50, 7).map(({ input }) => input);
  keepsThePredictorContract('a model server', () =>
    Promise.resolve({
      predictor: createPredictor(),
      artifacts: [artifact('early'), artifact('late')] as const,
      noArtifact: folder,
      rows,
      labels: plans.task.labels,
      close: () => Promise.resolve(),
    }),
  );

  test('knows the rule; two processes share it, and the last one takes it away', async () => {
    const [one, other] = [createPredictor(), createPredictor()];
    try {
      await Promise.all([one.load('v1', artifact('early')), other.load('v1', artifact('early'))]);
      expect(await placed()).toHaveLength(1);
      const fresh = planRows(300, 9);
      const outputs = await one.predict(
        'v1',
        fresh.map(({ input }) => input),
      );
      const right = outputs.filter((output, i) => labelOfAnswer(output) === fresh[i]!.label).length;
      expect(right / fresh.length).toBeGreaterThan(0.99);
      await one.unload('v1');
      expect(await other.predict('v1', rows.slice(0, 1))).toHaveLength(1);
      await other.unload('v1');
      expect(await placed()).toEqual([]);
      const gone = await fetch(`${server.url}/v2/repository/index`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      expect(await gone.text()).not.toContain('READY');
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  });

  test('versions come and go under load, and no question fails', async () => {
    const predictor = createPredictor();
    try {
      await predictor.load('v1', artifact('early'));
      let [current, asked] = ['v1', 0];
      const over = new AbortController();
      const load = async () => {
        while (!over.signal.aborted) {
          expect(await predictor.predict(current, rows.slice(0, 4))).toHaveLength(4);
          asked += 1;
        }
      };
      const askers = Promise.all([load(), load()]);
      for (const [next, from] of [
        ['v2', 'late'],
        ['v3', 'early'],
        ['v4', 'late'],
      ] as const) {
        await predictor.load(next, artifact(from));
        const before = current;
        current = next;
        // As the server does it: the version before goes when its last question has been answered.
        await new Promise((resolve) => setTimeout(resolve, 100));
        await predictor.unload(before);
      }
      over.abort();
      await askers;
      expect(asked).toBeGreaterThan(10);
    } finally {
      await predictor.close();
    }
  });

  test('a version that the server has lost is loaded again at the next question', async () => {
    const predictor = createPredictor();
    try {
      await predictor.load('v1', artifact('early'));
      const [name] = await placed();
      await fetch(`${server.url}/v2/repository/models/${name}/unload`, { method: 'POST' });
      await expect(predictor.predict('v1', rows)).rejects.toMatchObject({ code: 'DL_MODEL_SERVER_REFUSED' });
      expect(await predictor.predict('v1', rows)).toHaveLength(rows.length);
    } finally {
      await predictor.close();
    }
  });
});
