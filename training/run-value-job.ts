import type { JobFiles, TableTraining } from '../domain/ports.ts';
import { writeArtifact } from './artifact.ts';
import { readValuedFile } from './labelled-file.ts';
import { plain } from './plain.ts';
import { referenceShares } from './reference.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import { ARTIFACT_FORMAT } from './signature.ts';
import { trainRegression } from './tabular/train-regression.ts';
import type { RegressionModel } from './tabular/train-regression.ts';

/** The job of a regression. It begins at its first step: only the loop resumes, and the loop does not train these. */
export async function runValueJob(
  job: JobFiles,
  model: RegressionModel,
  { settings }: TableTraining,
  options: JobOptions,
): Promise<JobReport> {
  const train = await readValuedFile(job.trainFile, model.input);
  const validation = await readValuedFile(job.validationFile, model.input);
  const backend = await options.loadBackend?.();
  const { report, ...trained } = await trainRegression({
    model,
    fineTune: settings,
    ...train,
    validation,
    ...(backend ? { backend } : {}),
    onProgress: options.onProgress,
    ...(options.onEpoch ? { onEpoch: options.onEpoch } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const notes = [...(backend?.note ? [backend.note] : []), ...report.notes];
  // Without its seconds, so that the same training again is the same artifact.
  const { seconds: _, resumedAtStep: __, ...counts } = report;
  await writeArtifact(job.outFolder, {
    weights: trained.weights,
    signature: {
      format: ARTIFACT_FORMAT,
      model: { name: model.name, task: model.task, input: model.input },
      preprocessing: { columns: trained.preprocessing.columns.map(plain) },
      network: { ...trained.network, hidden: [...trained.network.hidden] },
      temperature: 1,
      target: trained.target,
      reference: plain(referenceShares(model.input, train.rows, { labels: [] }, [])),
      training: { rows: train.rows.length, validationRows: validation.rows.length, ...counts, notes },
      lineage: job.lineage,
    },
  });
  return { ...report, notes };
}
