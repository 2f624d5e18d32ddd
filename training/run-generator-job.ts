import { conversationOf } from '../domain/conversation.ts';
import type { OpenWish } from '../domain/fine-tune-config.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { InputRow } from '../domain/input.ts';
import type { JobFiles, TextTraining } from '../domain/ports.ts';
import type { Generation } from '../domain/task.ts';
import type { Checkpoints } from './checkpoints/checkpoints.ts';
import { stagedStateCodec } from './classification/staged-state-codec.ts';
import type { StagedState } from './classification/tune-classifier.ts';
import { plannedSteps } from './fine-tuning/tune-settings.ts';
import type { TuningState } from './fine-tuning/tuning-state.ts';
import { bareModel } from './bare-model.ts';
import { jobDigest } from './job-digest.ts';
import { readAnsweredFile } from './labelled-file.ts';
import { digestsIn, toldBy } from './run-classifier-job.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import { countedOn, reportedOn, settle } from './search/settle.ts';
import type { TabularModel } from './tabular/train-tabular.ts';
import { textOf } from './text-classification/text-of.ts';
import { recommendGenerator } from './text-generation/recommend-generator.ts';
import { trainGenerator } from './text-generation/train-generator.ts';
import type { AnsweredPrompt } from './text-generation/train-generator.ts';

type GeneratorModel = Pick<TabularModel, 'name' | 'input'> & { task: Generation };

/**
 * The job of a model that writes: it learns the answers that should have stood there.
 *
 * @throws {DriftloopError} `DL_NO_TRAINING_ROWS`, `DL_BASE_MISSING`, `DL_TASK_UNFIT`, and what its parts throw
 */
export async function runGeneratorJob(
  job: JobFiles,
  model: GeneratorModel,
  { wish, base, baseDigest = null }: TextTraining,
  { loadBackend, onProgress, onEpoch, onCheckpoint = () => {}, signal }: JobOptions,
): Promise<JobReport> {
  if (!loadBackend || base === null) throw new Error('What writes goes on from a base, on TensorFlow');
  const [train, validation] = await Promise.all([
    answeredIn(job.trainFile, model),
    answeredIn(job.validationFile, model),
  ]);
  const rows = train.length;
  if (rows === 0) throw nothingToWrite(model.name);
  const backend = await loadBackend('generation');
  const begunFrom = await digestsIn(base);
  const settled = await settle({
    job,
    wish: noSearch(wish ?? {}),
    recommend: async (one) => (await recommendGenerator({ rows, preferences: false, base }, one)).settings,
    space: noTrials,
    stepsOf: (settings) => plannedSteps(rows, settings).steps,
    open: noTrials,
    codec: stagedStateCodec,
    stepOf: ({ state }) => state.step,
    digest: (settings) => jobDigest(job, { settings, begunFrom, backend }),
    onKept: onCheckpoint,
    onProgress,
  });
  const tuned = await trainGenerator({
    backend,
    model: bareModel(model),
    base,
    baseDigest,
    settings: settled.settings,
    train,
    validation,
    lineage: { ...job.lineage },
    outFolder: job.outFolder,
    onProgress: (progress) => onProgress(countedOn(settled, toldBy(progress, backend))),
    ...(onEpoch ? { onEpoch } : {}),
    ...(settled.checkpoints ? { checkpoints: inOneStage(settled.checkpoints) } : {}),
    ...(signal ? { signal } : {}),
  });
  return reportedOn(settled, {
    steps: tuned.steps,
    epochs: tuned.epochs,
    bestEpoch: tuned.bestEpoch,
    validationLoss: tuned.validation?.loss ?? null,
    backend: backend.name,
    notes: tuned.notes,
  });
}

async function answeredIn(file: string, model: GeneratorModel): Promise<AnsweredPrompt[]> {
  const { rows, answers } = await readAnsweredFile(file, model.input);
  return rows.map((row: InputRow, i) => ({
    prompt: conversationOf(textOf(model, row)),
    answer: answers[i]!,
    rejected: null,
  }));
}

/** A config that searches is refused before: nothing is known yet of what to try. */
function noSearch(wish: OpenWish): OpenWish {
  if (wish.method !== 'search') return wish;
  throw new DriftloopError('DL_TASK_UNFIT', 'The task "generation" cannot search for settings.', {
    fix: 'Write lora(), qlora() or full(), or leave fineTune out: settings are then recommended.',
  });
}

function noTrials(): never {
  throw new Error('Settings of what writes are not tried');
}

/** A checkpoint has stages; what writes learns in one. */
const inOneStage = (checkpoints: Checkpoints<StagedState>): Checkpoints<TuningState> => ({
  resumed: checkpoints.resumed?.state ?? null,
  isDue: (step) => checkpoints.isDue(step),
  keep: (state) => checkpoints.keep({ stage: 0, state }),
});

const nothingToWrite = (model: string) =>
  new DriftloopError('DL_NO_TRAINING_ROWS', `${model} was given no answers to learn.`, {
    fix: 'Wait until corrected answers have arrived, or give a file with rows.',
  });
