import { DriftloopError } from '../domain/errors.ts';
import type { JobFiles, OldFiles, TextTraining } from '../domain/ports.ts';
import { readLabelledFile } from './labelled-file.ts';
import { bareModel } from './bare-model.ts';
import { runClassifierJob } from './run-classifier-job.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import type { TabularModel } from './tabular/train-tabular.ts';
import { recommendText, textSituation } from './text-classification/recommend-text.ts';
import { trainTextVersion } from './text-classification/train-text-version.ts';
import type { OldTexts } from './text-classification/train-texts.ts';

/**
 * The job of a classification of texts.
 *
 * @throws {DriftloopError} `DL_NO_TRAINING_ROWS`, and what its parts throw
 */
export async function runTextJob(
  job: JobFiles,
  model: TabularModel,
  { wish, base, old: files }: TextTraining,
  { loadBackend, ...options }: JobOptions,
): Promise<JobReport> {
  const train = await readLabelledFile(job.trainFile, model);
  const validation = await readLabelledFile(job.validationFile, model);
  const rows = train.rows.length;
  if (rows === 0) throw nothingToLearn(model.name);
  const classes = model.task.labels.length;
  const old = base !== null && files !== null ? await readOldFiles(files, model) : null;
  if (!loadBackend) throw new Error('Networks for texts are computed by TensorFlow alone');
  const backend = await loadBackend('text');
  const fixed = { backend, model: bareModel(model), base, train, validation };
  return await runClassifierJob(
    {
      job,
      wish,
      backend,
      base,
      labels: train.labels,
      old: old && { files: files!, ...old },
      recommend: async (one, situation) =>
        (await recommendText({ rows, classes, base, old: situation }, one)).settings,
      situation: () => textSituation({ rows, classes, base }),
      train: (settings, { isTrial, ...run }) =>
        trainTextVersion({ ...fixed, ...run, old: isTrial ? null : old, settings }),
    },
    options,
  );
}

async function readOldFiles({ rehearsal, golden }: OldFiles, model: TabularModel): Promise<OldTexts<string>> {
  return {
    rehearse: await readLabelledFile(rehearsal, model),
    golden: await readLabelledFile(golden, model),
  };
}

const nothingToLearn = (model: string) =>
  new DriftloopError('DL_NO_TRAINING_ROWS', `${model} was given no texts to train on.`, {
    fix: 'Wait until labelled rows have arrived, or give a file with rows.',
  });
