import type { TabularSettings } from '../domain/tabular-settings.ts';
import type { JobFiles, TableTraining } from '../domain/ports.ts';
import { sayWinner } from '../domain/search-report.ts';
import type { Backend } from './backend.ts';
import { bareModel } from './bare-model.ts';
import { jobDigest } from './job-digest.ts';
import { plain } from './plain.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import { countedOn, reportedOn, settle } from './search/settle.ts';
import { ARTIFACT_FORMAT } from './signature.ts';
import type { Signature } from './signature.ts';
import { fitStateCodec } from './tabular/fit-state-codec.ts';
import type { NetworkShape } from './tabular/network.ts';
import type { Preprocessing } from './tabular/preprocessing.ts';
import { spaceAround } from './tabular/recommend-tabular.ts';
import { planSteps } from './tabular/schedule.ts';
import { tabularSettings } from './tabular/settings.ts';
import { tabularTrials } from './tabular/tabular-trials.ts';
import type { TabularStretch } from './tabular/tabular-trials.ts';
import type { RegressionModel } from './tabular/train-regression.ts';
import type { TabularModel, TabularReport } from './tabular/train-tabular.ts';

/** What a network for columns is, whatever it answers. */
type Trained = { preprocessing: Preprocessing; network: NetworkShape; report: TabularReport };

export type ColumnJob<Model extends TabularModel | RegressionModel, Network extends Trained> = {
  job: JobFiles;
  model: Model;
  training: Pick<TableTraining, 'settings' | 'search'>;
  /** How many rows there are. */
  rows: { train: number; validation: number };
  backend: (Backend & { note: string | null }) | undefined;
  /** The network that it goes on from, as its digest has it; null: from scratch. */
  begunFrom: unknown;
  train: (settings: TabularSettings, run: Partial<TabularStretch>) => Promise<Network>;
};

/** Settles the settings of a network for columns, trains it with them, and says all that its signature says of that. */
export async function runColumnJob<Model extends TabularModel | RegressionModel, Network extends Trained>(
  { job, model, training: { settings, search }, rows, backend, begunFrom, train }: ColumnJob<Model, Network>,
  options: JobOptions,
) {
  const settled = await settle({
    job,
    wish: search ?? {},
    recommend: async (wish) => (search === null ? settings : tabularSettings(wish)),
    space: async (wish) => spaceAround(settings, wish),
    stepsOf: (one) => planSteps(rows.train, one).steps,
    open: (candidates, told) => tabularTrials({ ...told, candidates, rows: rows.train, train }),
    codec: fitStateCodec,
    stepOf: ({ step }) => step,
    digest: (one) => jobDigest(job, { settings: one, begunFrom, backend }),
    onKept: options.onCheckpoint ?? (() => {}),
    onProgress: options.onProgress,
  });
  const trained = await train(settled.settings, {
    onProgress: (progress) => options.onProgress(countedOn(settled, progress)),
    ...(options.onEpoch ? { onEpoch: options.onEpoch } : {}),
    ...(settled.checkpoints ? { checkpoints: settled.checkpoints } : {}),
  });
  const notes = [
    ...(settled.search ? [sayWinner(settled.search)] : []),
    ...(backend?.note ? [backend.note] : []),
    ...trained.report.notes,
  ];
  // Without its seconds and interruptions, so that the same training again is the same artifact.
  const { seconds: _, resumedAtStep: __, ...counts } = trained.report;
  const report: JobReport = reportedOn(settled, { ...trained.report, notes });
  const signed: Omit<Signature, 'temperature' | 'target' | 'reference'> = {
    format: ARTIFACT_FORMAT,
    model: bareModel(model),
    preprocessing: { columns: trained.preprocessing.columns.map(plain) },
    network: { ...trained.network, hidden: [...trained.network.hidden] },
    training: { rows: rows.train, validationRows: rows.validation, ...counts, notes },
    lineage: job.lineage,
  };
  return { trained, report, signed };
}
