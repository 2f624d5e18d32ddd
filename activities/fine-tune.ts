import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import { DriftloopError } from '../domain/errors.ts';
import type { TrainingReport } from '../domain/ports.ts';
import type { TrainingProgress } from '../domain/run.ts';
import { writeLearnt } from '../training/learnt-file.ts';
import { checkpointKeeper } from './keep-checkpoints.ts';
import type { Ports } from './ports.ts';
import { say } from './say.ts';
import { prepareTraining } from './prepare-training.ts';
import { progressSaver } from './save-progress.ts';
import { sayBeginning } from './say-beginning.ts';
import { makeScratchFolder, sweepScratchFolders } from './scratch-folder.ts';
import { givenUp, goesOnFrom, noTries, oneMore } from './training-tries.ts';
import type { Tries } from './training-tries.ts';

export type FineTuning = {
  runId: string;
  model: string;
  configDigest: string;
  snapshotId: string;
  /** Nothing but the shares of the labels has changed: the champion is recalibrated. */
  recalibrates?: boolean;
};
export type FineTuned = {
  digest: string;
  parent: string | null;
  report: TrainingReport;
};

/** How often Temporal hears of a training, and answers whether it is still wanted. */
const BEAT_MS = 250;

/** A run that has kept no checkpoint for so long never will again. */
const CHECKPOINTS_KEPT_MS = 7 * 24 * 3_600_000;

type TuningPorts = Pick<
  Ports,
  'models' | 'versions' | 'snapshots' | 'runs' | 'artifacts' | 'checkpoints' | 'trainer' | 'bases'
>;

/** What a try leaves to the next one. */
type Beat = { progress: TrainingProgress | null; tries: Tries };

export type TuningOptions = {
  /** The time from one checkpoint to the next; the training has a default. */
  checkpointEveryMs?: number;
};

/** What runs on the training queue: nothing but fine-tuning. */
export const createFineTuneActivities = (
  ports: TuningPorts,
  { checkpointEveryMs: everyMs }: TuningOptions = {},
) => ({
  /**
   * Trains on a snapshot and stores the artifact. Safe to repeat: it goes on from the newest checkpoint of the run, on
   * whichever worker, and ends with the same artifact, which has the same digest. Heartbeats its progress; when the run
   * is cancelled, the training child dies. A training that dies again and again at the same place is given up.
   */
  async fineTune(tuning: FineTuning): Promise<FineTuned> {
    const { runId, model } = tuning;
    const context = Context.current();
    await sweepScratchFolders();
    const scratch = await makeScratchFolder();
    const save = progressSaver(ports, runId);
    const before = (context.info.heartbeatDetails as Partial<Beat> | undefined)?.tries ?? noTries;
    const beat: Beat = { progress: null, tries: before };
    const heart = setInterval(() => context.heartbeat(beat), BEAT_MS);
    const file = path.join(scratch, 'checkpoint');
    const onProblem = (error: unknown) => say({ runId, error }, 'a store did not answer a training');
    // Who watches misses a line where the store is away; the training goes on.
    const tellStory = (what: 'beginning' | 'base', sentence: string) =>
      void ports.runs
        .note(runId, {
          key: `training-${what}-${context.info.activityId}-${context.info.attempt}`,
          phase: 'fine-tuning',
          sentence,
        })
        .catch(onProblem);
    const keeper = checkpointKeeper(ports.checkpoints, { runId, file, onProblem });
    try {
      const lost = givenUp(before, model);
      if (lost) throw lost;
      await ports.checkpoints.sweep(new Date(Date.now() - CHECKPOINTS_KEPT_MS)).catch(onProblem);
      const hadCheckpoint = await ports.checkpoints.load(runId, file);
      const { job, parent, learnt, note } = await prepareTraining(ports, tuning, scratch);
      if (note !== null) tellStory('base', note);
      const report = await attempt(beat, context, model, () =>
        ports.trainer.fineTune(
          { ...job, checkpoint: { file, ...(everyMs === undefined ? {} : { everyMs }) } },
          {
            onProgress(progress) {
              // Before the first one that names its steps it starts up.
              const begins = !hasBegun(beat.progress) && hasBegun(progress);
              beat.progress = progress;
              save.soon(progress);
              if (!begins) return;
              beat.tries = goesOnFrom(beat.tries, progress.resumedAtStep ?? 0);
              const sentence = sayBeginning(progress, { before, hadCheckpoint });
              if (sentence !== null) tellStory('beginning', sentence);
            },
            onCheckpoint: () => keeper.soon(),
            signal: context.cancellationSignal,
          },
        ),
      );
      await writeLearnt(job.outFolder, learnt);
      const { digest } = await ports.artifacts.put(job.outFolder);
      const notes = [...(note === null ? [] : [note]), ...report.notes];
      return { digest, parent, report: { ...report, notes } };
    } finally {
      clearInterval(heart);
      await Promise.all([save.settled(), keeper.settled()]);
      await rm(scratch, { recursive: true, force: true });
    }
  },
});
export type TrainingActivities = ReturnType<typeof createFineTuneActivities>;

const hasBegun = (progress: TrainingProgress | null): boolean => (progress?.steps ?? 0) > 0;

/**
 * Counts a start of the training before it is made, so that a worker that dies with it is counted, too. What ends well
 * or because nobody wants it any more is not counted.
 */
async function attempt<T>(beat: Beat, context: Context, model: string, train: () => Promise<T>): Promise<T> {
  const before = beat.tries;
  beat.tries = oneMore(before);
  context.heartbeat(beat);
  try {
    const report = await train();
    beat.tries = before;
    return report;
  } catch (error) {
    if (context.cancellationSignal.aborted) beat.tries = before;
    else if (!(error instanceof DriftloopError) || error.retryable)
      throw givenUp(beat.tries, model, error) ?? error;
    throw error;
  } finally {
    context.heartbeat(beat);
  }
}
