import { cp } from 'node:fs/promises';
import type { JobFiles, Recalibration } from '../../domain/ports.ts';
import { imageOf } from '../../domain/input.ts';
import { needingRoom } from '../../domain/room.ts';
import { startingUp } from '../../domain/run.ts';
import { bareModel } from '../bare-model.ts';
import { imageSignatureSchema } from '../image-classification/image-artifact.ts';
import { openImageVersion } from '../image-classification/open-image-version.ts';
import { readLabelledFile } from '../labelled-file.ts';
import { plain } from '../plain.ts';
import { imageReference, referenceShares } from '../reference.ts';
import { readImages } from '../run-image-job.ts';
import type { JobOptions, JobReport } from '../run-training-job.ts';
import { readSignatureFile, writeSignature } from '../signature-file.ts';
import type { TabularModel } from '../tabular/train-tabular.ts';
import { openTextVersion } from '../text-classification/open-text-version.ts';
import { textSignatureSchema } from '../text-classification/text-artifact.ts';
import { recalibrateScores, type AnsweredRows } from './recalibrate-scores.ts';

/**
 * A champion that tells texts or images apart with the new shares of the labels: its folder as it is, and in its
 * signature what is added to each label, and the temperature. It answers the new rows once.
 *
 * @throws what opening the champion throws
 */
export const recalibrateFolder = (
  job: JobFiles,
  model: TabularModel,
  training: Recalibration,
  kind: 'text' | 'image',
  options: JobOptions,
): Promise<JobReport> =>
  kind === 'text'
    ? recalibrateTexts(job, model, training, options)
    : recalibrateImages(job, model, training, options);

async function recalibrateTexts(
  job: JobFiles,
  model: TabularModel,
  { champion }: Recalibration,
  options: JobOptions,
): Promise<JobReport> {
  const { tf, name } = await backendOf(options, 'text');
  const train = await readLabelledFile(job.trainFile, model);
  const validation = await readLabelledFile(job.validationFile, model);
  const version = await openTextVersion(tf, champion);
  const answered = async ({ rows, labels }: typeof train): Promise<AnsweredRows> => ({
    answers: await version.answer(rows),
    labels,
  });
  try {
    return await rewrite(job, {
      champion,
      model,
      signature: await readSignatureFile(champion, textSignatureSchema),
      rows: { train: await answered(train), validation: await answered(validation) },
      referenceOf: (predicted) => referenceShares(model.input, train.rows, model.task, predicted),
      backend: name,
      options,
    });
  } finally {
    version.dispose();
  }
}

async function recalibrateImages(
  job: JobFiles,
  model: TabularModel,
  { champion }: Recalibration,
  options: JobOptions,
): Promise<JobReport> {
  const one = imageOf(model.input);
  const { images: reader } = options;
  if (one === null || !reader) throw new Error('Images are read one by one');
  const { tf, name } = await backendOf(options, 'image');
  const train = await readImages(job.trainFile, model, one, reader);
  const validation = await readImages(job.validationFile, model, one, reader);
  const version = await openImageVersion(tf, champion);
  const answered = async ({ images, labels }: typeof train): Promise<AnsweredRows> => ({
    answers: await version.answer(images),
    labels,
  });
  try {
    return await rewrite(job, {
      champion,
      model,
      signature: await readSignatureFile(champion, imageSignatureSchema),
      rows: { train: await answered(train), validation: await answered(validation) },
      referenceOf: (predicted) => ({
        features: { [one.name]: imageReference(train.lengths) },
        labels: referenceShares({}, [], model.task, predicted).labels,
      }),
      backend: name,
      options,
    });
  } finally {
    version.dispose();
  }
}

type Scaled = { model: object; temperature: number; shift?: number[] | undefined };
type Rewriting = {
  champion: string;
  model: TabularModel;
  signature: Scaled;
  rows: Readonly<Record<'train' | 'validation', AnsweredRows>>;
  referenceOf: (predicted: readonly string[]) => ReturnType<typeof referenceShares>;
  backend: string;
  options: JobOptions;
};

async function rewrite(
  job: JobFiles,
  { champion, model, signature, rows, referenceOf, backend, options }: Rewriting,
): Promise<JobReport> {
  const { scale, answersOf } = recalibrateScores(
    model,
    { temperature: signature.temperature, shift: signature.shift ?? [] },
    rows,
  );
  const { length } = rows.train.labels;
  options.onProgress({ ...startingUp, step: 1, steps: 1, backend });
  const note = `The champion with the shares of the labels in ${length} new rows; its network is the same.`;
  const counts = { steps: 1, epochs: 0, bestEpoch: 0, validationLoss: null, backend, notes: [note] };
  await needingRoom(job.outFolder, () => cp(champion, job.outFolder, { recursive: true }));
  await writeSignature(job.outFolder, {
    ...signature,
    model: bareModel(model),
    temperature: scale.temperature,
    shift: [...scale.shift],
    reference: plain(referenceOf(answersOf(rows.train.answers))),
    training: { rows: length, validationRows: rows.validation.labels.length, ...counts },
    lineage: job.lineage,
  });
  return { ...counts, resumedAtStep: null };
}

async function backendOf({ loadBackend }: JobOptions, task: 'text' | 'image') {
  if (!loadBackend) throw new Error('Networks for texts and images are computed by TensorFlow alone');
  return await loadBackend(task);
}
