import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createChildTrainer } from '../../infra/tensorflow/child-trainer.ts';
import { readArtifact, trainedOf } from '../../training/artifact.ts';
import { predictTabular } from '../../training/tabular/predict-tabular.ts';
import { keepsTheTrainerContract, startTraining } from '../support/trainer-contract.ts';
import type { TrainerCase } from '../support/trainer-contract.ts';
import { planJob, planRows, plans } from '../support/training-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-trainer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A training that would take hours. */
const endless = (place: string) =>
  planJob(place, { hidden: [512, 512], minSteps: 10_000_000, maxSteps: 10_000_000 });
const given: TrainerCase = {
  create: (onChild) => createChildTrainer({ onChild }),
  short: (place) => planJob(place),
  endless,
  crash: 'DL_TRAINING_CRASHED',
};
keepsTheTrainerContract('a child process', given);

describe('a training in a child process', () => {
  test('writes an artifact that knows the rule', async () => {
    const job = await planJob(folder);
    const report = await startTraining(given, job).done;
    expect(report.steps).toBeGreaterThanOrEqual(200);
    expect(report.backend).toMatch(/^(tensorflow-gpu|tensorflow-cpu|javascript)$/);

    const artifact = await readArtifact(job.outFolder);
    expect(artifact.signature.lineage).toEqual({ snapshotId: 'test' });
    const fresh = planRows(300, 9);
    const outputs = predictTabular(
      trainedOf(artifact),
      fresh.map(({ input }) => input),
    );
    const right = outputs.filter(({ label }, i) => label === fresh[i]!.label).length;
    expect(right / fresh.length).toBeGreaterThan(0.95);
  });

  test('begins from the champion where it is told to', async () => {
    const champion = await planJob(folder);
    await createChildTrainer().fineTune(champion, { onProgress: () => {} });
    const job = await planJob(folder, { minSteps: 5, maxSteps: 5, epochs: 1 });
    const training = { ...job.training, warmStart: champion.outFolder };
    const warm = { ...job, training, outFolder: path.join(folder, 'warm') };
    const report = await createChildTrainer().fineTune(warm, { onProgress: () => {} });
    // Five steps from scratch leave it at about ln 2 = 0.69.
    expect(report).toMatchObject({ steps: 5, notes: [] });
    expect(report.validationLoss).toBeLessThan(0.3);
  });

  test('is what the kernel ends first when memory runs out', async () => {
    const { done, pids, stop, underWay } = startTraining(given, await endless(folder));
    await underWay();
    expect(await readFile(`/proc/${pids[0]}/oom_score_adj`, 'utf8')).toBe('1000\n');
    stop.abort();
    await expect(done).rejects.toThrow('aborted');
  });

  test('passes on what is wrong with its files as it was said there', async () => {
    const job = { ...(await planJob(folder)), trainFile: path.join(folder, 'validation.jsonl') };
    const other = { ...job, model: { ...plans, input: { tenure: plans.input.tenure } } };
    await expect(createChildTrainer().fineTune(other, { onProgress: () => {} })).rejects.toMatchObject({
      code: 'DL_ROWS_FILE_INVALID',
      message: expect.stringContaining('plan is not a feature') as string,
    });
  });
});
