import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../domain/errors.ts';
import type { JobFiles, OldFiles, TextTraining } from '../domain/ports.ts';
import { openCheckpointFile } from './checkpoints/checkpoint-file.ts';
import { oldSituation } from './classification/old-situation.ts';
import { stagedStateCodec } from './classification/staged-state-codec.ts';
import { jobDigest, sha256Of } from './job-digest.ts';
import { readLabelledFile } from './labelled-file.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import type { TabularModel } from './tabular/train-tabular.ts';
import { recommendText } from './text-classification/recommend-text.ts';
import { trainTextVersion } from './text-classification/train-text-version.ts';
import type { OldTexts } from './text-classification/train-text-version.ts';

/**
 * The job of a classification of texts.
 *
 * @throws {DriftloopError} `DL_NO_TRAINING_ROWS`, and what its parts throw
 */
export async function runTextJob(
  job: JobFiles,
  model: TabularModel,
  { wish, base, old: oldFiles }: TextTraining,
  { loadBackend, onCheckpoint = () => {}, ...options }: JobOptions,
): Promise<JobReport> {
  const train = await readLabelledFile(job.trainFile, model);
  const validation = await readLabelledFile(job.validationFile, model);
  if (train.rows.length === 0) throw nothingToLearn(model.name);
  const classes = model.task.labels.length;
  const old = base !== null && oldFiles !== null ? await readOldFiles(oldFiles, model) : null;
  const situation = old && (await oldSituation(base!, train.labels, sizesOf(old)));
  const { settings } = await recommendText(
    { rows: train.rows.length, classes, base, old: situation },
    wish ?? {},
  );
  if (!loadBackend) throw new Error('Networks for texts are computed by TensorFlow alone');
  const backend = await loadBackend('text');
  const kept =
    job.checkpoint &&
    (await openCheckpointFile(
      job.checkpoint,
      stagedStateCodec,
      await jobDigest(job, { settings, begunFrom: base && (await digestsIn(base)), backend, old: oldFiles }),
      onCheckpoint,
    ));
  const resumedAtStep = kept?.checkpoints.resumed?.state.step ?? null;
  const tuned = await trainTextVersion({
    backend,
    // A config's model carries more fields than these.
    model: { name: model.name, task: model.task, input: model.input },
    base,
    settings,
    train,
    validation,
    old,
    lineage: job.lineage,
    outFolder: job.outFolder,
    onProgress: ({ step, steps, epoch, trainLoss, rate, rowsPerSecond, validation: held }) =>
      options.onProgress({
        step,
        steps,
        epoch,
        trainLoss,
        validationLoss: held?.loss ?? null,
        learningRate: rate,
        examplesPerSecond: rowsPerSecond,
        memoryMb: null,
        backend: backend.name,
        resumedAtStep,
      }),
    onEpoch: options.onEpoch,
    checkpoints: kept?.checkpoints,
    signal: options.signal,
  });
  return {
    steps: tuned.steps,
    epochs: tuned.epochs,
    bestEpoch: tuned.bestEpoch,
    validationLoss: tuned.validation?.loss ?? null,
    backend: backend.name,
    resumedAtStep,
    kept: tuned.kept,
    notes: [...tuned.notes, ...(kept?.note ? [kept.note] : [])],
    ...(kept ? { secondsBefore: kept.secondsBefore } : {}),
  };
}

async function readOldFiles({ rehearsal, golden }: OldFiles, model: TabularModel): Promise<OldTexts> {
  return {
    rehearse: await readLabelledFile(rehearsal, model),
    golden: await readLabelledFile(golden, model),
  };
}

const sizesOf = ({ rehearse, golden }: OldTexts) => ({
  rows: rehearse.labels.length,
  golden: golden.labels.length,
});

/** Of everything in a base that its network is made from. */
async function digestsIn(base: string): Promise<Record<string, string>> {
  const names = (await readdir(base)).filter((name) => /\.(safetensors|json|txt)$/.test(name)).sort();
  const digests: Record<string, string> = {};
  for (const name of names) digests[name] = await sha256Of(path.join(base, name));
  return digests;
}

const nothingToLearn = (model: string) =>
  new DriftloopError('DL_NO_TRAINING_ROWS', `${model} was given no texts to train on.`, {
    fix: 'Wait until labelled rows have arrived, or give a file with rows.',
  });
