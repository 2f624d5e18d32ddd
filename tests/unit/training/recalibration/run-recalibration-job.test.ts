import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readArtifact, trainedOf } from '../../../../training/artifact.ts';
import { writeLabelledFile } from '../../../../training/labelled-file.ts';
import { runTrainingJob } from '../../../../training/run-training-job.ts';
import { predictTabular } from '../../../../training/tabular/predict-tabular.ts';
import { planJob, planRows } from '../../../support/training-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-recalibration-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a recalibrated version is the champion but for its last biases: an artifact like any other, the same again', async () => {
  const champion = path.join(folder, 'champion');
  const options = { onProgress: () => {} };
  const job = await planJob(folder);
  await mkdir(champion);
  await runTrainingJob({ ...job, outFolder: champion }, options);
  // Of those who stay few are left.
  const leaving = planRows(1_000, 5).filter(({ label }, i) => label === 'leave' || i % 10 === 0);
  await writeLabelledFile(job.trainFile, leaving);
  const made: string[] = [];
  for (const name of ['one', 'two']) {
    const outFolder = path.join(folder, name);
    await mkdir(outFolder);
    const report = await runTrainingJob(
      { ...job, outFolder, training: { kind: 'recalibration', champion } },
      options,
    );
    expect(report.notes).toEqual([expect.stringContaining('its network is the same')]);
    made.push(outFolder);
  }
  const [before, after, again] = await Promise.all([champion, ...made].map(async (one) => readArtifact(one)));
  expect(after).toEqual(again);
  expect([...after!.weights].filter((weight, i) => weight !== before!.weights[i])).toHaveLength(2);
  expect(after!.signature.lineage).toEqual(job.lineage);
  const leaves = (artifact: typeof before) =>
    predictTabular(trainedOf(artifact!), [{ tenure: 31, plan: 'free' }])[0]!.scores['leave']!;
  expect(leaves(after)).toBeGreaterThan(leaves(before));
});
