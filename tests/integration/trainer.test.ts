import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import { createChildTrainer } from '../../infra/tensorflow/child-trainer.ts';
import { readArtifact, trainedOf } from '../../training/artifact.ts';
import { predictTabular } from '../../training/tabular/predict-tabular.ts';
import { planJob, planRows, plans } from '../support/training-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-trainer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
/** A training that would take hours. */
const endless = () => planJob(folder, { hidden: [512, 512], minSteps: 10_000_000, maxSteps: 10_000_000 });

function startTraining(job: Awaited<ReturnType<typeof planJob>>) {
  const pids: number[] = [];
  const seen: TrainingProgress[] = [];
  const stop = new AbortController();
  const onChild = (pid: number) => pids.push(pid);
  const onProgress = (progress: TrainingProgress) => seen.push(progress);
  const curve: EpochScore[] = [];
  const onEpoch = (score: EpochScore) => curve.push(score);
  const done = createChildTrainer({ onChild }).fineTune(job, { onProgress, onEpoch, signal: stop.signal });
  done.catch(() => {});
  const underWay = () =>
    expect.poll(() => seen.some(({ step }) => step > 0), { timeout: 30_000, interval: 20 }).toBe(true);
  return { done, pids, seen, curve, stop, underWay };
}

describe('a training in a child process', () => {
  test('writes an artifact that knows the rule, says how it went, and ends', async () => {
    const job = await planJob(folder);
    const { done, pids, seen, curve } = startTraining(job);
    const report = await done;
    expect(report.steps).toBeGreaterThanOrEqual(200);
    expect(report.seconds).toBeGreaterThan(0);
    expect(report.backend).toMatch(/^(tensorflow-gpu|tensorflow-cpu|javascript)$/);
    expect(report.peakMemoryMb).toBeGreaterThan(40);
    expect(curve).toHaveLength(report.epochs);
    expect(curve.at(-1)).toMatchObject({ epoch: report.epochs, step: report.steps });
    expect(seen.at(-1)).toMatchObject({ backend: report.backend, step: report.steps });

    const artifact = await readArtifact(job.outFolder);
    expect(artifact.signature.lineage).toEqual({ snapshotId: 'test' });
    const fresh = planRows(300, 9);
    const outputs = predictTabular(
      trainedOf(artifact),
      fresh.map(({ input }) => input),
    );
    const right = outputs.filter(({ label }, i) => label === fresh[i]!.label).length;
    expect(right / fresh.length).toBeGreaterThan(0.95);
    expect(pids).toHaveLength(1);
    expect(isAlive(pids[0]!)).toBe(false);
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

  test('is killed within a second of being cancelled', async () => {
    const { done, pids, stop, underWay } = startTraining(await endless());
    await underWay();
    const cancelledAt = performance.now();
    stop.abort(new Error('no longer wanted'));
    await expect(done).rejects.toThrow('no longer wanted');
    expect(performance.now() - cancelledAt).toBeLessThan(1000);
    expect(isAlive(pids[0]!)).toBe(false);
  });

  test('that was cancelled before it began starts nothing', async () => {
    const pids: number[] = [];
    const trainer = createChildTrainer({ onChild: (pid) => pids.push(pid) });
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(trainer.fineTune(await endless(), { onProgress: () => {}, signal })).rejects.toThrow(
      'too late',
    );
    expect(pids).toEqual([]);
  });

  test('that dies is an error that is worth another try', async () => {
    const { done, pids, underWay } = startTraining(await endless());
    await underWay();
    // When memory runs out, the kernel takes this one first.
    expect(await readFile(`/proc/${pids[0]}/oom_score_adj`, 'utf8')).toBe('1000\n');
    process.kill(pids[0]!, 'SIGKILL');
    await expect(done).rejects.toMatchObject({
      code: 'DL_TRAINING_CRASHED',
      retryable: true,
      message: expect.stringContaining('SIGKILL') as string,
    });
  });

  test('says something every second, so that a watcher can take it as a heartbeat', async () => {
    const { done, seen, stop, underWay } = startTraining(await endless());
    await underWay();
    const before = seen.length;
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(seen.length).toBeGreaterThanOrEqual(before + 2);
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
