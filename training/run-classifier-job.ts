import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { OpenWish } from '../domain/fine-tune-config.ts';
import type { JobFiles, OldFiles } from '../domain/ports.ts';
import type { TrainingProgress } from '../domain/run.ts';
import { sayWinner } from '../domain/search-report.ts';
import type { Backend } from './backend.ts';
import { classifierTrials } from './classification/classifier-trials.ts';
import type { TrialStretch } from './classification/classifier-trials.ts';
import type { ClassifierSettings } from './classification/settings.ts';
import { stagedStateCodec } from './classification/staged-state-codec.ts';
import type { Taught } from './classification/teach.ts';
import type { TuningProgress } from './fine-tuning/tuning-meter.ts';
import { plannedSteps } from './fine-tuning/tune-settings.ts';
import { jobDigest, sha256Of } from './job-digest.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import type { Situation } from './search/recommend.ts';
import { settle } from './search/settle.ts';
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

export type ClassifierJob<Settings extends ClassifierSettings> = {
  job: JobFiles;
  wish: OpenWish;
  /** To train on. */
  rows: number;
  backend: Backend;
  /** The network that it begins from, as digests; null: from scratch. */
  begunFrom: unknown;
  old: OldFiles | null;
  /** What a person should know of the rows. */
  notes?: readonly string[];
  recommend: (wish: OpenWish) => Promise<Settings>;
  /** What is known before, for a search. */
  situation: () => Promise<Situation>;
  train: (settings: Settings, run: ClassifierRun) => Promise<Taught>;
};

/** The job of a classifier of whatever inputs: settles its settings, and trains. */
export async function runClassifierJob<Settings extends ClassifierSettings>(
  {
    job,
    wish,
    rows,
    backend,
    begunFrom,
    old,
    notes = [],
    recommend,
    situation,
    train,
  }: ClassifierJob<Settings>,
  { onCheckpoint = () => {}, onProgress, onEpoch, signal }: Omit<JobOptions, 'loadBackend'>,
): Promise<JobReport> {
  const settled = await settle({
    job,
    wish,
    recommend,
    space: async ({ over }) => networkSpace(await situation(), over),
    stepsOf: (settings) => plannedSteps(rows, settings).steps,
    open: (candidates, { onProgress: say, ...trials }) =>
      classifierTrials({
        ...trials,
        candidates,
        rows,
        train: (settings, stretch) => train(settings, { ...stretch, notes: [], isTrial: true, signal }),
        onProgress: (progress) => say({ ...told(progress, backend), resumedAtStep: null }),
      }),
    codec: stagedStateCodec,
    stepOf: ({ state }) => state.step,
    digest: (settings) => jobDigest(job, { settings, begunFrom, backend, old }),
    onKept: onCheckpoint,
    onProgress,
  });
  const { resumedAtStep, stepsBefore, search } = settled;
  const tuned = await train(settled.settings, {
    notes: [...notes, ...(search === null ? [] : [sayWinner(search)])],
    isTrial: false,
    lineage: { ...job.lineage },
    outFolder: job.outFolder,
    onProgress(progress) {
      const { step, steps, ...rest } = told(progress, backend);
      onProgress({ ...rest, step: step + stepsBefore, steps: steps + stepsBefore, resumedAtStep });
    },
    ...(onEpoch ? { onEpoch } : {}),
    ...(settled.checkpoints ? { checkpoints: settled.checkpoints } : {}),
    signal,
  });
  return {
    steps: tuned.steps + stepsBefore,
    epochs: tuned.epochs,
    bestEpoch: tuned.bestEpoch,
    validationLoss: tuned.validation?.loss ?? null,
    backend: backend.name,
    resumedAtStep,
    kept: tuned.kept,
    search,
    notes: [...tuned.notes, ...(settled.note ? [settled.note] : [])],
    ...(settled.secondsBefore === undefined ? {} : { secondsBefore: settled.secondsBefore }),
  };
}

/** Of everything in a base that its network is made from. */
export async function digestsIn(base: string): Promise<Record<string, string>> {
  const names = (await readdir(base)).filter((name) => /\.(safetensors|json|txt|bin)$/.test(name)).sort();
  const digests: Record<string, string> = {};
  for (const name of names) digests[name] = await sha256Of(path.join(base, name));
  return digests;
}

const told = (
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
