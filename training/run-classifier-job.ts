import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { OpenWish } from '../domain/fine-tune-config.ts';
import type { JobFiles, OldFiles } from '../domain/ports.ts';
import type { TrainingProgress } from '../domain/run.ts';
import { sayWinner } from '../domain/search-report.ts';
import { ADAPTER_FOLDER } from './adapters/over-base.ts';
import type { Backend } from './backend.ts';
import { classifierTrials } from './classification/classifier-trials.ts';
import type { TrialStretch } from './classification/classifier-trials.ts';
import { oldSituation } from './classification/old-situation.ts';
import type { OldSituation } from './classification/recommend-keep.ts';
import type { ClassifierSettings } from './classification/settings.ts';
import { stagedStateCodec } from './classification/staged-state-codec.ts';
import type { Taught } from './classification/teach.ts';
import type { TuningProgress } from './fine-tuning/tuning-meter.ts';
import { plannedSteps } from './fine-tuning/tune-settings.ts';
import { jobDigest, sha256Of } from './job-digest.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import type { Situation } from './search/recommend.ts';
import type { ProblemType } from './models/problem-type.ts';
import { countedOn, reportedOn, settle } from './search/settle.ts';
import { networkSpace } from './search/space.ts';

/** What one training of a job is given beside its settings. */
export type ClassifierRun = Partial<Pick<TrialStretch, 'checkpoints' | 'onEpoch'>> &
  Omit<TrialStretch, 'checkpoints' | 'onEpoch'> & {
    /** Said of the version, beside what the training says itself. */
    notes: string[];
    /** Whether rows of the time before take part: in trials they do not. */
    isTrial: boolean;
    signal: AbortSignal | undefined;
  };

type Rows = { labels: readonly unknown[] };

export type ClassifierJob<Settings extends ClassifierSettings> = {
  job: JobFiles;
  /** Null leaves everything open. */
  wish: OpenWish | null;
  backend: Backend;
  /** A folder with a base; null: from scratch. */
  base: string | null;
  /** To train on. */
  rows: number;
  /** All that are on them. */
  labels: readonly string[];
  problem: ProblemType;
  /** Rows of the time before; null where nothing of it is kept. */
  old: { files: OldFiles; rehearse: Rows; golden: Rows } | null;
  /** What a person should know of the rows. */
  notes?: readonly string[];
  recommend: (wish: OpenWish, old: OldSituation | null) => Promise<Settings>;
  /** What is known before, for a search. */
  situation: () => Promise<Situation>;
  train: (settings: Settings, run: ClassifierRun) => Promise<Taught>;
};

/** The job of a classifier of whatever inputs: settles its settings, and trains. */
export async function runClassifierJob<Settings extends ClassifierSettings>(
  { job, wish, backend, base, rows, labels, problem, old, ...how }: ClassifierJob<Settings>,
  { onCheckpoint = () => {}, onProgress, onEpoch, signal }: Omit<JobOptions, 'loadBackend'>,
): Promise<JobReport> {
  const { notes = [], recommend, situation, train } = how;
  const begunFrom = base && (await digestsIn(base));
  const before =
    base !== null && old !== null
      ? await oldSituation(
          base,
          { labels, problem },
          { rows: old.rehearse.labels.length, golden: old.golden.labels.length },
        )
      : null;
  const settled = await settle({
    job,
    wish: wish ?? {},
    recommend: (one) => recommend(one, before),
    space: async ({ over }) => networkSpace(await situation(), over),
    stepsOf: (settings) => plannedSteps(rows, settings).steps,
    open: (candidates, { onProgress: say, ...trials }) =>
      classifierTrials({
        ...trials,
        candidates,
        rows,
        train: (settings, stretch) => train(settings, { ...stretch, notes: [], isTrial: true, signal }),
        onProgress: (progress) => say({ ...toldBy(progress, backend), resumedAtStep: null }),
      }),
    codec: stagedStateCodec,
    stepOf: ({ state }) => state.step,
    digest: (settings) => jobDigest(job, { settings, begunFrom, backend, old: old && old.files }),
    onKept: onCheckpoint,
    onProgress,
  });
  const { search } = settled;
  const tuned = await train(settled.settings, {
    notes: [...notes, ...(search === null ? [] : [sayWinner(search)])],
    isTrial: false,
    lineage: { ...job.lineage },
    outFolder: job.outFolder,
    onProgress: (progress) => onProgress(countedOn(settled, toldBy(progress, backend))),
    ...(onEpoch ? { onEpoch } : {}),
    ...(settled.checkpoints ? { checkpoints: settled.checkpoints } : {}),
    signal,
  });
  return reportedOn(settled, {
    steps: tuned.steps,
    epochs: tuned.epochs,
    bestEpoch: tuned.bestEpoch,
    validationLoss: tuned.validation?.loss ?? null,
    backend: backend.name,
    kept: tuned.kept,
    notes: tuned.notes,
  });
}

/** Of everything in a base that its network is made from. */
export async function digestsIn(base: string): Promise<Record<string, string>> {
  const isRead = (name: string) => /\.(safetensors|json|txt|bin)$/.test(name);
  const adapter = await readdir(path.join(base, ADAPTER_FOLDER)).catch(() => []);
  const names = [...(await readdir(base)), ...adapter.map((name) => `${ADAPTER_FOLDER}/${name}`)]
    .filter(isRead)
    .sort();
  const digests: Record<string, string> = {};
  for (const name of names) digests[name] = await sha256Of(path.join(base, name));
  return digests;
}

/** What a training of a network says of where it is. */
export const toldBy = (
  { step, steps, epoch, trainLoss, rate, rowsPerSecond, validation: held }: TuningProgress,
  { name }: Backend,
): Omit<TrainingProgress, 'resumedAtStep'> => ({
  step,
  steps,
  epoch,
  trainLoss,
  validationLoss: held?.loss ?? null,
  learningRate: rate,
  examplesPerSecond: rowsPerSecond,
  memoryMb: null,
  backend: name,
});
