import { createHash } from 'node:crypto';
import type { JobFiles, TableTraining } from '../domain/ports.ts';
import { sayWinner } from '../domain/search-report.ts';
import { readArtifact, trainedOf, writeArtifact } from './artifact.ts';
import { bareModel } from './bare-model.ts';
import { jobDigest } from './job-digest.ts';
import { readLabelledFile } from './labelled-file.ts';
import { plain } from './plain.ts';
import { referenceShares } from './reference.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import { countedOn, reportedOn, settle } from './search/settle.ts';
import { ARTIFACT_FORMAT } from './signature.ts';
import { fitStateCodec } from './tabular/fit-state-codec.ts';
import { predictTabular } from './tabular/predict-tabular.ts';
import { spaceAround } from './tabular/recommend-tabular.ts';
import { planSteps } from './tabular/schedule.ts';
import { tabularSettings } from './tabular/settings.ts';
import { tabularTrials } from './tabular/tabular-trials.ts';
import { trainTabular } from './tabular/train-tabular.ts';
import type { TabularModel, TrainedTabular } from './tabular/train-tabular.ts';

/** The job of a classification of rows. */
export async function runTableJob(
  job: JobFiles,
  model: TabularModel,
  { settings, search, warmStart }: TableTraining,
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
  const rows = train.rows.length;
  const settled = await settle({
    job,
    wish: search ?? {},
    recommend: async (wish) => (search === null ? settings : tabularSettings(wish)),
    space: async (wish) => spaceAround(settings, wish),
    stepsOf: (one) => planSteps(rows, one).steps,
    open: (candidates, { states, known, onProgress }) =>
      tabularTrials({
        states,
        known,
        onProgress,
        candidates,
        rows,
        train: (fineTune, stretch) => trainTabular({ ...fixed, ...stretch, fineTune }),
      }),
    codec: fitStateCodec,
    stepOf: ({ step }) => step,
    digest: (one) => jobDigest(job, { settings: one, begunFrom: champion && digested(champion), backend }),
    onKept: options.onCheckpoint ?? (() => {}),
    onProgress: options.onProgress,
  });
  const { report, weights, ...trained } = await trainTabular({
    ...fixed,
    fineTune: settled.settings,
    onProgress: (progress) => options.onProgress(countedOn(settled, progress)),
    ...(options.onEpoch ? { onEpoch: options.onEpoch } : {}),
    ...(settled.checkpoints ? { checkpoints: settled.checkpoints } : {}),
  });
  const predicted = predictTabular({ ...trained, weights }, train.rows).map(({ label }) => label);
  const notes = [
    ...(settled.search ? [sayWinner(settled.search)] : []),
    ...(backend?.note ? [backend.note] : []),
    ...report.notes,
  ];
  // Without its seconds and interruptions, so that the same training again is the same artifact.
  const { seconds: _, resumedAtStep: __, ...counts } = report;
  await writeArtifact(job.outFolder, {
    weights,
    signature: {
      format: ARTIFACT_FORMAT,
      model: bareModel(model),
      preprocessing: { columns: trained.preprocessing.columns.map(plain) },
      network: { ...trained.network, hidden: [...trained.network.hidden] },
      temperature: trained.temperature,
      reference: plain(referenceShares(model.input, train.rows, model.task, predicted)),
      training: { rows: train.rows.length, validationRows: validation.rows.length, ...counts, notes },
      lineage: job.lineage,
    },
  });
  return reportedOn(settled, { ...report, notes });
}

/** The same, with its weights as their digest. */
export const digested = (champion: TrainedTabular) => ({
  ...champion,
  weights: createHash('sha256').update(champion.weights).digest('hex'),
});
