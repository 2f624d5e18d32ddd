import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { jobDigest } from '../../../../training/job-digest.ts';
import { digested } from '../../../../training/run-table-job.ts';
import { runTrainingJob } from '../../../../training/run-training-job.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { planJob, plans } from '../../../support/training-files.ts';

/** This training is over before the usual time. */
const everyMs = 5;
const noProgress = { onProgress: () => {} };
const bytesOf = async (folder: string) =>
  Promise.all((await readdir(folder)).sort().map((file) => readFile(path.join(folder, file))));

/** A job whose checkpoint has been set aside in the middle, and the folder that it trains into without any. */
async function interrupted() {
  const folder = tempFolder();
  const job = await planJob(folder, { minSteps: 200, maxSteps: 200 });
  const whole = path.join(folder, 'whole');
  await mkdir(whole);
  await runTrainingJob({ ...job, outFolder: whole }, noProgress);
  const file = path.join(folder, 'checkpoint');
  const keeping = { ...job, checkpoint: { file, everyMs } };
  let kept = 0;
  await runTrainingJob(keeping, { ...noProgress, onCheckpoint: () => (kept += 1) });
  expect(kept).toBeGreaterThan(0);
  return { folder, whole, file, job: keeping };
}

test('a job goes on from its checkpoint, counts the time before, and writes the same artifact', async () => {
  const { whole, file, job } = await interrupted();
  const report = await runTrainingJob(job, noProgress);
  expect(report.resumedAtStep).toBeGreaterThan(0);
  expect(report.steps).toBe(200);
  expect(report.notes).toEqual([]);
  expect(await bytesOf(job.outFolder)).toEqual(await bytesOf(whole));
  expect((await readdir(path.dirname(file))).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a damaged checkpoint is not used, which is said, and the artifact is the same', async () => {
  const { whole, file, job } = await interrupted();
  const bytes = await readFile(file);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(file, bytes);
  const report = await runTrainingJob(job, noProgress);
  expect(report.resumedAtStep).toBeNull();
  expect(report.notes).toEqual([
    'Begun again, not from the checkpoint: its content is not what was written.',
  ]);
  expect(await bytesOf(job.outFolder)).toEqual(await bytesOf(whole));
});

test('a checkpoint of another job is not used, which is said', async () => {
  const { job } = await interrupted();
  const settings = { ...job.training.settings, seed: 2 };
  const other = { ...job, training: { ...job.training, settings } };
  const report = await runTrainingJob(other, noProgress);
  expect(report.resumedAtStep).toBeNull();
  expect(report.notes).toContainEqual(expect.stringContaining('other rows, settings or another backend'));
});

test('two jobs are the same when everything that the weights depend on is, and only then', async () => {
  const job = await planJob(tempFolder());
  const backend = { name: 'tensorflow-cpu', version: '2.18.1' } as const;
  const { settings } = job.training;
  const champion = {
    model: plans,
    preprocessing: { columns: [] },
    network: { inputs: 1, hidden: settings.hidden, outputs: 2 },
    weights: Float32Array.of(1, 2),
    temperature: 1,
  };
  const usual = { settings, begunFrom: null, backend };
  const digests = await Promise.all([
    jobDigest(job, usual),
    jobDigest({ ...job, trainFile: job.validationFile }, usual),
    jobDigest({ ...job, validationFile: job.trainFile }, usual),
    jobDigest(job, { ...usual, settings: { ...settings, seed: settings.seed + 1 } }),
    jobDigest(job, { ...usual, settings: { ...settings, hidden: [...settings.hidden, 8] } }),
    jobDigest({ ...job, model: { ...plans, name: 'other' } }, usual),
    jobDigest({ ...job, model: { ...plans, input: { plan: plans.input.plan } } }, usual),
    jobDigest(job, { ...usual, begunFrom: digested(champion) }),
    jobDigest(job, { ...usual, begunFrom: digested({ ...champion, weights: Float32Array.of(1, 3) }) }),
    jobDigest(job, { ...usual, backend: { ...backend, name: 'tensorflow-gpu' } }),
    jobDigest(job, { ...usual, backend: { ...backend, version: '2.19.0' } }),
    jobDigest(job, { ...usual, backend: undefined }),
  ]);
  expect(new Set(digests).size).toBe(digests.length);
  const elsewhere = { ...job, ...(await planJob(tempFolder())), lineage: { runId: 'another try' } };
  expect(await jobDigest(elsewhere, usual)).toBe(digests[0]);
});
