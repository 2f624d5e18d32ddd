import type { TrainingJob, TrainingReport } from '../domain/ports.ts';
import type { EpochScore, TrainingProgress } from '../domain/run.ts';
import { readArtifact, trainedOf, writeArtifact } from './artifact.ts';
import type { Backend } from './backend.ts';
import { openCheckpointFile } from './checkpoints/checkpoint-file.ts';
import { jobDigest } from './job-digest.ts';
import { readLabelledFile } from './labelled-file.ts';
import { plain } from './plain.ts';
import { referenceShares } from './reference.ts';
import { runValueJob } from './run-value-job.ts';
import { ARTIFACT_FORMAT } from './signature.ts';
import { fitStateCodec } from './tabular/fit-state-codec.ts';
import { predictTabular } from './tabular/predict-tabular.ts';
import { trainTabular } from './tabular/train-tabular.ts';
import type { TabularModel } from './tabular/train-tabular.ts';

export type JobOptions = {
  /** Loaded once the files are known to be good. `note`: why it is not a better one. Default: plain JavaScript. */
  loadBackend?: () => Promise<Backend & { note: string | null }>;
  onProgress: (progress: TrainingProgress) => void;
  /** Asks for a point of the curves after every epoch. */
  onEpoch?: (score: EpochScore) => void;
  /** A new checkpoint lies in `job.checkpoint.file`. */
  onCheckpoint?: () => void;
  signal?: AbortSignal;
};

/** From files to an artifact: reads the rows, trains, notes what live rows will be compared with, writes the folder. */
export async function runTrainingJob(job: TrainingJob, options: JobOptions): Promise<TrainingReport> {
  const startedAt = performance.now();
  const { task } = job.model;
  const report =
    task.kind === 'regression'
      ? await runValueJob(job, { ...job.model, task }, options)
      : await runLabelJob(job, { ...job.model, task }, options);
  const { secondsBefore = 0, ...rest } = report;
  return {
    ...rest,
    seconds: secondsBefore + (performance.now() - startedAt) / 1000,
    peakMemoryMb: process.resourceUsage().maxRSS / 1024,
  };
}

/** What a job says of itself; how long it took in all is measured around it. */
export type JobReport = Omit<TrainingReport, 'seconds' | 'peakMemoryMb'> & { secondsBefore?: number };

async function runLabelJob(job: TrainingJob, model: TabularModel, options: JobOptions): Promise<JobReport> {
  const { fineTune } = job;
  const train = await readLabelledFile(job.trainFile, model);
  const validation = await readLabelledFile(job.validationFile, model);
  const champion = job.warmStart === null ? null : trainedOf(await readArtifact(job.warmStart));
  const backend = await options.loadBackend?.();
  const onKept = options.onCheckpoint ?? (() => {});
  const kept =
    job.checkpoint &&
    (await openCheckpointFile(
      job.checkpoint,
      fitStateCodec,
      await jobDigest(job, champion, backend),
      onKept,
    ));
  const { report, weights, ...trained } = await trainTabular({
    model,
    fineTune,
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
