import type {
  ImageReader,
  ImageTraining,
  JobFiles,
  Recalibration,
  TableTraining,
  TextTraining,
  TrainingJob,
  TrainingReport,
} from '../domain/ports.ts';
import type { EpochScore, TrainingProgress } from '../domain/run.ts';
import type { DeclaredTask } from '../domain/task.ts';
import type { TrainedTask } from './backend-table.ts';
import type { Backend } from './backend.ts';
import { peakMemoryMb } from './peak-memory.ts';
import { runRecalibrationJob } from './recalibration/run-recalibration-job.ts';
import { runGeneratorJob } from './run-generator-job.ts';
import { runImageJob } from './run-image-job.ts';
import { runTableJob } from './run-table-job.ts';
import { runTextJob } from './run-text-job.ts';
import { runValueJob } from './run-value-job.ts';
import type { TabularModel } from './tabular/train-tabular.ts';

export type JobOptions = {
  /** Loaded once the files are known to be good. `note`: why it is not a better one. Default: plain JavaScript. */
  loadBackend?: (task?: TrainedTask) => Promise<Backend & { note: string | null }>;
  onProgress: (progress: TrainingProgress) => void;
  /** Asks for a point of the curves after every epoch. */
  onEpoch?: (score: EpochScore) => void;
  /** A new checkpoint lies in `job.checkpoint.file`. */
  onCheckpoint?: () => void;
  signal?: AbortSignal;
  /** Of models that read images. */
  images?: Pick<ImageReader, 'read'>;
};

/** From files to an artifact: reads the rows, trains, notes what live rows will be compared with, writes the folder. */
export async function runTrainingJob(job: TrainingJob, options: JobOptions): Promise<TrainingReport> {
  const startedAt = performance.now();
  const { secondsBefore = 0, ...report } = await run(job, job.model.task, options);
  return {
    ...report,
    seconds: secondsBefore + (performance.now() - startedAt) / 1000,
    peakMemoryMb: peakMemoryMb(),
  };
}

/** What a job says of itself; how long it took in all is measured around it. */
export type JobReport = Omit<TrainingReport, 'seconds' | 'peakMemoryMb'> & { secondsBefore?: number };

function run(job: TrainingJob, task: DeclaredTask, options: JobOptions): Promise<JobReport> {
  const { training, ...rest } = job;
  if (training.kind === 'program') throw new Error(`${job.model.name} is trained by a program of its own`);
  switch (task.kind) {
    case 'classification':
      return classify(rest, { ...job.model, task }, training, options);
    case 'regression':
      if (training.kind !== 'table') throw new Error(`No config asks for numbers of ${training.kind}s`);
      return runValueJob(rest, { ...job.model, task }, training, options);
    case 'multi-label':
      if (training.kind !== 'text') throw new Error(`No config asks for labels of ${training.kind}s`);
      return runTextJob(rest, { ...job.model, task }, training, options);
    case 'generation':
      if (training.kind !== 'text') throw new Error(`No config lets ${training.kind}s write`);
      return runGeneratorJob(rest, { ...job.model, task }, training, options);
    default:
      return task satisfies never;
  }
}

function classify(
  job: JobFiles,
  model: TabularModel,
  training: TableTraining | TextTraining | ImageTraining | Recalibration,
  options: JobOptions,
): Promise<JobReport> {
  switch (training.kind) {
    case 'table':
      return runTableJob(job, model, training, options);
    case 'text':
      return runTextJob(job, model, training, options);
    case 'image':
      return runImageJob(job, model, training, options);
    case 'recalibration':
      return runRecalibrationJob(job, model, training, options);
    default:
      return training satisfies never;
  }
}
