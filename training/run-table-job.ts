import { createHash } from 'node:crypto';
import type { JobFiles, TableTraining } from '../domain/ports.ts';
import { readArtifact, trainedOf, writeArtifact } from './artifact.ts';
import { openCheckpointFile } from './checkpoints/checkpoint-file.ts';
import { jobDigest } from './job-digest.ts';
import { readLabelledFile } from './labelled-file.ts';
import { plain } from './plain.ts';
import { referenceShares } from './reference.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import { ARTIFACT_FORMAT } from './signature.ts';
import { fitStateCodec } from './tabular/fit-state-codec.ts';
import { predictTabular } from './tabular/predict-tabular.ts';
import { trainTabular } from './tabular/train-tabular.ts';
import type { TabularModel, TrainedTabular } from './tabular/train-tabular.ts';

/** The job of a classification of rows. */
export async function runTableJob(
  job: JobFiles,
  model: TabularModel,
  { settings, warmStart }: TableTraining,
  options: JobOptions,
): Promise<JobReport> {
  const train = await readLabelledFile(job.trainFile, model);
  const validation = await readLabelledFile(job.validationFile, model);
  const champion = warmStart === null ? null : trainedOf(await readArtifact(warmStart));
  const backend = await options.loadBackend?.();
  const onKept = options.onCheckpoint ?? (() => {});
  const kept =
    job.checkpoint &&
    (await openCheckpointFile(
      job.checkpoint,
      fitStateCodec,
      await jobDigest(job, { settings, begunFrom: champion && digested(champion), backend }),
      onKept,
    ));
  const { report, weights, ...trained } = await trainTabular({
    model,
    fineTune: settings,
    ...train,
    validation,
    ...(backend ? { backend } : {}),
    ...(champion ? { warmStart: champion } : {}),
    onProgress: options.onProgress,
    ...(options.onEpoch ? { onEpoch: options.onEpoch } : {}),
    ...(kept ? { checkpoints: kept.checkpoints } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const predicted = predictTabular({ ...trained, weights }, train.rows).map(({ label }) => label);
  const notes = [...(backend?.note ? [backend.note] : []), ...report.notes];
  // Without its seconds and interruptions, so that the same training again is the same artifact.
  const { seconds: _, resumedAtStep: __, ...counts } = report;
  await writeArtifact(job.outFolder, {
    weights,
    signature: {
      format: ARTIFACT_FORMAT,
      // A config's model carries more fields than these.
      model: { name: model.name, task: model.task, input: model.input },
      preprocessing: { columns: trained.preprocessing.columns.map(plain) },
      network: { ...trained.network, hidden: [...trained.network.hidden] },
      temperature: trained.temperature,
      reference: plain(referenceShares(model.input, train.rows, model.task, predicted)),
      training: { rows: train.rows.length, validationRows: validation.rows.length, ...counts, notes },
      lineage: job.lineage,
    },
  });
  return {
    ...report,
    notes: [...notes, ...(kept?.note ? [kept.note] : [])],
    ...(kept ? { secondsBefore: kept.secondsBefore } : {}),
  };
}

/** The same, with its weights as their digest. */
export const digested = (champion: TrainedTabular) => ({
  ...champion,
  weights: createHash('sha256').update(champion.weights).digest('hex'),
});
