import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { full } from '../../domain/fine-tune-config.ts';
import type { TrainingJob } from '../../domain/ports.ts';
import type { TrainingProgress } from '../../domain/run.ts';
import { createChildTrainer } from '../../infra/tensorflow/child-trainer.ts';
import { describeVersion } from '../../training/describe-version.ts';
import { readSafetensors } from '../../training/safetensors.ts';
import { furthest } from '../support/interrupted-training.ts';
import { questionJob } from '../support/question-model.ts';
import { tempFolder } from '../support/temp-folder.ts';

const wish = full({ epochs: 6, batchSize: 16, longest: 16, patience: 6 });
const weightsOf = async ({ outFolder }: TrainingJob) =>
  readSafetensors(await readFile(path.join(outFolder, 'model.safetensors')));

/** Trains in a child, which is killed when it has kept a checkpoint at or after some step. */
async function killedAfter(job: TrainingJob, step: number): Promise<void> {
  let at = 0;
  let pid = 0;
  const training = createChildTrainer({ onChild: (child) => (pid = child) }).fineTune(job, {
    onProgress: (progress) => (at = progress.step),
    onCheckpoint: () => void (at >= step && process.kill(pid, 'SIGKILL')),
  });
  await expect(training).rejects.toMatchObject({ code: 'DL_TRAINING_CRASHED' });
}

describe('a training of texts in a child process', () => {
  test('killed with -9, it goes on from its checkpoint and ends where it would have ended', async () => {
    const whole = await questionJob(tempFolder(), wish);
    const seen: TrainingProgress[] = [];
    await createChildTrainer().fineTune(whole, { onProgress: (progress) => seen.push(progress) });
    expect(seen.some(({ memoryMb, learningRate }) => memoryMb! > 50 && learningRate! > 0)).toBe(true);

    const folder = tempFolder();
    const checkpoint = { file: path.join(folder, 'checkpoint'), everyMs: 1 };
    const job = { ...(await questionJob(folder, wish)), checkpoint };
    await killedAfter(job, 20);
    const report = await createChildTrainer().fineTune(job, { onProgress: () => {} });
    expect(report.resumedAtStep).toBeGreaterThan(0);
    expect(report.notes).toEqual([]);
    const [ours, theirs] = [await weightsOf(job), await weightsOf(whole)];
    for (const [i, { name, values }] of ours.entries()) {
      expect(theirs[i]!.name).toBe(name);
      expect(furthest(values, theirs[i]!.values), name).toBeLessThan(1e-5);
    }
    expect((await describeVersion(job.outFolder)).kind).toBe('text');
  });

  test('a checkpoint of other settings is not used, which is said', async () => {
    const folder = tempFolder();
    const checkpoint = { file: path.join(folder, 'checkpoint'), everyMs: 1 };
    await killedAfter({ ...(await questionJob(folder, wish)), checkpoint }, 2);
    const other = { ...(await questionJob(folder, { ...wish, seed: 2, maxSteps: 5 })), checkpoint };
    const report = await createChildTrainer().fineTune(other, { onProgress: () => {} });
    expect(report).toMatchObject({ resumedAtStep: null, steps: 5 });
    expect(report.notes).toContainEqual(expect.stringContaining('other rows, settings or another backend'));
  });

  test('cancelled, it is gone within a second', async () => {
    const job = await questionJob(tempFolder(), full({ epochs: 10_000, patience: 10_000 }));
    const stop = new AbortController();
    let cancelledAt = Infinity;
    const training = createChildTrainer().fineTune(job, {
      onProgress({ step }) {
        if (step === 0 || stop.signal.aborted) return;
        cancelledAt = performance.now();
        stop.abort(new Error('cancelled'));
      },
      signal: stop.signal,
    });
    await expect(training).rejects.toThrow('cancelled');
    expect(performance.now() - cancelledAt).toBeLessThan(1_000);
  });
});
