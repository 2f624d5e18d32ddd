import type { JobFiles, TableTraining } from '../domain/ports.ts';
import { writeArtifact } from './artifact.ts';
import { readValuedFile } from './labelled-file.ts';
import { plain } from './plain.ts';
import { referenceShares } from './reference.ts';
import { runColumnJob } from './run-column-job.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import { trainRegression } from './tabular/train-regression.ts';
import type { RegressionModel } from './tabular/train-regression.ts';

/** The job of a regression of rows. Numbers are learnt from scratch each time. */
export async function runValueJob(
  job: JobFiles,
  model: RegressionModel,
  training: TableTraining,
  options: JobOptions,
): Promise<JobReport> {
  const train = await readValuedFile(job.trainFile, model.input);
  const validation = await readValuedFile(job.validationFile, model.input);
  const backend = await options.loadBackend?.();
  const fixed = {
    model,
    ...train,
    validation,
    ...(backend ? { backend } : {}),
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
      begunFrom: null,
      train: (fineTune, run) => trainRegression({ ...fixed, ...run, fineTune }),
    },
    options,
  );
  await writeArtifact(job.outFolder, {
    weights: trained.weights,
    signature: {
      ...signed,
      temperature: 1,
      target: trained.target,
      reference: plain(referenceShares(model.input, train.rows, { labels: [] }, [])),
    },
  });
  return report;
}
