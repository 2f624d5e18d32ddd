import type { JobFiles, TableTraining } from '../domain/ports.ts';
import { sayWinner } from '../domain/search-report.ts';
import { writeArtifact } from './artifact.ts';
import { bareModel } from './bare-model.ts';
import { jobDigest } from './job-digest.ts';
import { readValuedFile } from './labelled-file.ts';
import { plain } from './plain.ts';
import { referenceShares } from './reference.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import { countedOn, reportedOn, settle } from './search/settle.ts';
import { ARTIFACT_FORMAT } from './signature.ts';
import { fitStateCodec } from './tabular/fit-state-codec.ts';
import { spaceAround } from './tabular/recommend-tabular.ts';
import { planSteps } from './tabular/schedule.ts';
import { tabularSettings } from './tabular/settings.ts';
import { tabularTrials } from './tabular/tabular-trials.ts';
import { trainRegression } from './tabular/train-regression.ts';
import type { RegressionModel } from './tabular/train-regression.ts';

/** The job of a regression of rows. Numbers are learnt from scratch each time. */
export async function runValueJob(
  job: JobFiles,
  model: RegressionModel,
  { settings, search }: TableTraining,
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
        train: (fineTune, stretch) => trainRegression({ ...fixed, ...stretch, fineTune }),
      }),
    codec: fitStateCodec,
    stepOf: ({ step }) => step,
    digest: (one) => jobDigest(job, { settings: one, begunFrom: null, backend }),
    onKept: options.onCheckpoint ?? (() => {}),
    onProgress: options.onProgress,
  });
  const { report, ...trained } = await trainRegression({
    ...fixed,
    fineTune: settled.settings,
    onProgress: (progress) => options.onProgress(countedOn(settled, progress)),
    ...(options.onEpoch ? { onEpoch: options.onEpoch } : {}),
    ...(settled.checkpoints ? { checkpoints: settled.checkpoints } : {}),
  });
  const notes = [
    ...(settled.search ? [sayWinner(settled.search)] : []),
    ...(backend?.note ? [backend.note] : []),
    ...report.notes,
  ];
  // Without its seconds and interruptions, so that the same training again is the same artifact.
  const { seconds: _, resumedAtStep: __, ...counts } = report;
  await writeArtifact(job.outFolder, {
    weights: trained.weights,
    signature: {
      format: ARTIFACT_FORMAT,
      model: bareModel(model),
      preprocessing: { columns: trained.preprocessing.columns.map(plain) },
      network: { ...trained.network, hidden: [...trained.network.hidden] },
      temperature: 1,
      target: trained.target,
      reference: plain(referenceShares(model.input, train.rows, { labels: [] }, [])),
      training: { rows: train.rows.length, validationRows: validation.rows.length, ...counts, notes },
      lineage: job.lineage,
    },
  });
  return reportedOn(settled, { ...report, notes });
}
