import { DriftloopError } from '../domain/errors.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { JobFiles, TextTraining } from '../domain/ports.ts';
import type { Classification, MultiLabel } from '../domain/task.ts';
import type { Taught } from './classification/teach.ts';
import { readLabelledFile, readManyLabelledFile } from './labelled-file.ts';
import { bareModel } from './bare-model.ts';
import { runClassifierJob } from './run-classifier-job.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import { recommendText, textSituation } from './text-classification/recommend-text.ts';
import { trainMultiLabelVersion } from './text-classification/train-multi-label-version.ts';
import { trainTextVersion } from './text-classification/train-text-version.ts';
import type { LabelledTexts, TextTraining as TextsToLearn } from './text-classification/train-texts.ts';

type TextModel = Pick<ModelConfig, 'name' | 'input'> & { task: Classification | MultiLabel };

/**
 * The job of a classification of texts, of one label each or of any number.
 *
 * @throws {DriftloopError} `DL_NO_TRAINING_ROWS`, and what its parts throw
 */
export function runTextJob(
  job: JobFiles,
  { task, ...model }: TextModel,
  training: TextTraining,
  options: JobOptions,
): Promise<JobReport> {
  switch (task.kind) {
    case 'classification': {
      const one = { ...model, task };
      return teachTexts(job, one, training, options, {
        read: (file) => readLabelledFile(file, one),
        labelsIn: (label) => [label],
        train: (version) => trainTextVersion(version),
      });
    }
    case 'multi-label': {
      const many = { ...model, task };
      return teachTexts(job, many, training, options, {
        read: (file) => readManyLabelledFile(file, many),
        labelsIn: (labels) => labels,
        train: (version) => trainMultiLabelVersion(version),
      });
    }
    default:
      return task satisfies never;
  }
}

/** What a kind of labels makes of the job. */
type Kind<Task extends Classification | MultiLabel, Said> = {
  read(file: string): Promise<LabelledTexts<Said>>;
  labelsIn(said: Said): readonly string[];
  train(version: TextsToLearn<Task, Said>): Promise<Taught>;
};

async function teachTexts<Task extends Classification | MultiLabel, Said>(
  job: JobFiles,
  model: Omit<TextModel, 'task'> & { task: Task },
  { wish, base, baseDigest = null, old: files }: TextTraining,
  { loadBackend, ...options }: JobOptions,
  { read, labelsIn, train: teach }: Kind<Task, Said>,
): Promise<JobReport> {
  const train = await read(job.trainFile);
  const validation = await read(job.validationFile);
  const rows = train.rows.length;
  if (rows === 0) throw nothingToLearn(model.name);
  const classes = model.task.labels.length;
  const many = model.task.kind === 'multi-label';
  const old =
    base !== null && files !== null
      ? { rehearse: await read(files.rehearsal), golden: await read(files.golden) }
      : null;
  if (!loadBackend) throw new Error('Networks for texts are computed by TensorFlow alone');
  const backend = await loadBackend('text');
  const fixed = { backend, model: bareModel(model), base, baseDigest, train, validation };
  return await runClassifierJob(
    {
      job,
      wish,
      backend,
      base,
      rows,
      labels: train.labels.flatMap(labelsIn),
      problem: many ? 'multi_label_classification' : 'single_label_classification',
      old: old && { files: files!, rehearse: old.rehearse, golden: old.golden },
      recommend: async (one, situation) =>
        (await recommendText({ rows, classes, many, base, old: situation }, one)).settings,
      situation: () => textSituation({ rows, classes, base }),
      train: (settings, { isTrial, ...run }) =>
        teach({ ...fixed, ...run, old: isTrial ? null : old, settings }),
    },
    options,
  );
}

const nothingToLearn = (model: string) =>
  new DriftloopError('DL_NO_TRAINING_ROWS', `${model} was given no texts to train on.`, {
    fix: 'Wait until labelled rows have arrived, or give a file with rows.',
  });
