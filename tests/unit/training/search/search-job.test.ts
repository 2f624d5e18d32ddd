import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { SearchWish } from '../../../../domain/fine-tune-config.ts';
import type { TrainingJob } from '../../../../domain/ports.ts';
import type { TrainingProgress } from '../../../../domain/run.ts';
import { sayTraining } from '../../../../domain/say-training.ts';
import { loadBackend } from '../../../../infra/tensorflow/backend.ts';
import { readSignatureJson } from '../../../../training/signature-file.ts';
import { runTrainingJob } from '../../../../training/run-training-job.ts';
import { questionJob } from '../../../support/question-model.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { planJob } from '../../../support/training-files.ts';

const table: SearchWish = {
  method: 'search',
  over: { hidden: [[4], [8], [12], [16]] },
  budget: { trials: 4 },
  epochs: 9,
};
async function tableJob(): Promise<TrainingJob> {
  const folder = tempFolder();
  const job = await planJob(folder, { rows: 120, epochs: 9, minSteps: 1 });
  return {
    ...job,
    training: { ...job.training, search: table },
    checkpoint: { file: path.join(folder, 'kept') },
  };
}

/** How often it kept something, and what it said, until it was done or stopped. */
async function run(job: TrainingJob, { stopAfter = Infinity } = {}) {
  mkdirSync(job.outFolder, { recursive: true });
  const said: TrainingProgress[] = [];
  const stop = new AbortController();
  let kept = 0;
  const done = runTrainingJob(job, {
    loadBackend,
    onProgress: (progress) => said.push(progress),
    onCheckpoint() {
      kept += 1;
      if (kept === stopAfter) stop.abort(new Error('stopped'));
    },
    signal: stop.signal,
  });
  const report = await done.catch((error: Error) => {
    expect(error.message).toBe('stopped');
    return null;
  });
  expect(
    readdirSync(path.dirname(job.outFolder)).filter((name) => name.startsWith('driftloop-trials')),
  ).toEqual([]);
  return { report, kept, said };
}
const artifactOf = ({ outFolder }: TrainingJob) =>
  ['driftloop.json', 'model.safetensors'].map((name) => readFileSync(path.join(outFolder, name), 'hex'));

test('a search goes on from what was tried before an interruption, and finds what it would have found', async () => {
  const [whole, broken] = [await tableJob(), await tableJob()];
  const { report, kept, said } = await run(whole);
  expect(report!.search!.trials).toHaveLength(4);
  expect(said.map(({ step }) => step)).toEqual(said.map(({ step }) => step).sort((a, b) => a - b));
  expect(said.at(-1)).toMatchObject({ step: report!.steps, steps: report!.steps });

  const stopped = await run(broken, { stopAfter: 3 });
  expect(stopped.report).toBeNull();
  const resumed = await run(broken);
  // Nothing that was kept is trained again.
  expect(resumed.kept).toBe(kept - 3);
  // Three trials of three epochs of two steps.
  expect(resumed.report!.resumedAtStep).toBe(18);
  expect(resumed.report!.search!.trials).toEqual(report!.search!.trials);
  expect(artifactOf(broken)).toEqual(artifactOf(whole));
});

test('the version and the story say what was tried, and why the winner won', async () => {
  const job = await questionJob(tempFolder(), {
    method: 'search',
    over: { learningRate: [3e-3, 1e-6] },
    budget: { trials: 2 },
    epochs: 3,
    longest: 16,
  });
  const { report, said } = await run(job);
  const { trials } = report!.search!;
  expect(trials.map(({ settings, epochs }) => [settings, epochs])).toEqual([
    ['full, learning rate 0.003', 1],
    ['full, learning rate 0.000001', 1],
  ]);
  const why = /best of 2 settings that were tried are full, learning rate 0.003, with a validation loss of/;
  expect(sayTraining('v2', report!)).toMatch(why);
  expect(await readSignatureJson(job.outFolder)).toMatchObject({
    training: { notes: [expect.stringMatching(why)] },
  });
  expect(said.at(-1)!.step).toBe(report!.steps);
});
