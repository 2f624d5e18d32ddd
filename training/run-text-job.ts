import { DriftloopError } from '../domain/errors.ts';
import type { JobFiles, OldFiles, TextTraining } from '../domain/ports.ts';
import { oldSituation } from './classification/old-situation.ts';
import { readLabelledFile } from './labelled-file.ts';
import { digestsIn, runClassifierJob } from './run-classifier-job.ts';
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
  { wish, base, old: oldFiles }: TextTraining,
  { loadBackend, ...options }: JobOptions,
): Promise<JobReport> {
  const train = await readLabelledFile(job.trainFile, model);
  const validation = await readLabelledFile(job.validationFile, model);
  const rows = train.rows.length;
  if (rows === 0) throw nothingToLearn(model.name);
  const classes = model.task.labels.length;
  const old = base !== null && oldFiles !== null ? await readOldFiles(oldFiles, model) : null;
  const situation =
    old &&
    (await oldSituation(
      base!,
      { labels: train.labels, problem: 'single_label_classification' },
      sizesOf(old),
    ));
  if (!loadBackend) throw new Error('Networks for texts are computed by TensorFlow alone');
  const backend = await loadBackend('text');
  const fixed = {
    backend,
    // A config's model carries more fields than these.
    model: { name: model.name, task: model.task, input: model.input },
    base,
    train,
    validation,
  };
  return await runClassifierJob(
    {
      job,
      wish: wish ?? {},
      rows,
      backend,
      begunFrom: base && (await digestsIn(base)),
      old: oldFiles,
      recommend: async (one) => (await recommendText({ rows, classes, base, old: situation }, one)).settings,
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

const sizesOf = ({ rehearse, golden }: OldTexts<string>) => ({
  rows: rehearse.labels.length,
  golden: golden.labels.length,
});

const nothingToLearn = (model: string) =>
  new DriftloopError('DL_NO_TRAINING_ROWS', `${model} was given no texts to train on.`, {
    fix: 'Wait until labelled rows have arrived, or give a file with rows.',
  });
