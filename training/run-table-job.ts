import { createHash } from 'node:crypto';
import type { JobFiles, TableTraining } from '../domain/ports.ts';
import { readArtifact, trainedOf, writeArtifact } from './artifact.ts';
import { readLabelledFile } from './labelled-file.ts';
import { plain } from './plain.ts';
import { referenceShares } from './reference.ts';
import { runColumnJob } from './run-column-job.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import { predictTabular } from './tabular/predict-tabular.ts';
import { trainTabular } from './tabular/train-tabular.ts';
import type { TabularModel, TrainedTabular } from './tabular/train-tabular.ts';

/** The job of a classification of rows. */
export async function runTableJob(
  job: JobFiles,
  model: TabularModel,
  { warmStart, ...training }: TableTraining,
  options: JobOptions,
): Promise<JobReport> {
  const train = await readLabelledFile(job.trainFile, model);
  const validation = await readLabelledFile(job.validationFile, model);
  const champion = warmStart === null ? null : trainedOf(await readArtifact(warmStart));
  const backend = await options.loadBackend?.();
  const fixed = {
    model,
    ...train,
    validation,
    ...(backend ? { backend } : {}),
    ...(champion ? { warmStart: champion } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  };
  const rows = { train: train.rows.length, validation: validation.rows.length };
  const { trained, signed, report } = await runColumnJob(
    {
      job,
      model,
      training,
      rows,
      backend,
      begunFrom: champion && digested(champion),
      train: (fineTune, run) => trainTabular({ ...fixed, ...run, fineTune }),
    },
    options,
  );
  const predicted = predictTabular(trained, train.rows).map(({ label }) => label);
  await writeArtifact(job.outFolder, {
    weights: trained.weights,
    signature: {
      ...signed,
      temperature: trained.temperature,
      reference: plain(referenceShares(model.input, train.rows, model.task, predicted)),
    },
  });
  return report;
}

/** The same, with its weights as their digest. */
export const digested = (champion: TrainedTabular) => ({
  ...champion,
  weights: createHash('sha256').update(champion.weights).digest('hex'),
});
