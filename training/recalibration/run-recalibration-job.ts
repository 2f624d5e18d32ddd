import type { JobFiles, Recalibration } from '../../domain/ports.ts';
import { startingUp } from '../../domain/run.ts';
import { readArtifact, trainedOf, writeArtifact } from '../artifact.ts';
import { bareModel } from '../bare-model.ts';
import { kindOfVersion } from '../describe-version.ts';
import { labelIndices } from '../label-indices.ts';
import { readLabelledFile } from '../labelled-file.ts';
import { plain } from '../plain.ts';
import { referenceShares } from '../reference.ts';
import type { JobOptions, JobReport } from '../run-training-job.ts';
import { ARTIFACT_FORMAT } from '../signature.ts';
import { layersOf } from '../tabular/network.ts';
import { predictTabular, tabularLogits } from '../tabular/predict-tabular.ts';
import type { LabelledRows, TabularModel, TrainedTabular } from '../tabular/train-tabular.ts';
import { CALIBRATION_ROWS, calibrate } from '../temperature.ts';
import { recalibrateFolder } from './recalibrate-folder.ts';
import { shiftPriors } from './shift-priors.ts';

/**
 * The champion with the new shares of the labels: nothing changes but what is added to each label, and the temperature.
 * The same rows give the same artifact.
 *
 * @throws DL_ARTIFACT_CORRUPT where the champion is none, or a program of the team's
 */
export async function runRecalibrationJob(
  job: JobFiles,
  model: TabularModel,
  training: Recalibration,
  options: JobOptions,
): Promise<JobReport> {
  const kind = await kindOfVersion(training.champion);
  return kind === 'text' || kind === 'image'
    ? await recalibrateFolder(job, model, training, kind, options)
    : await recalibrateTable(job, model, training, options);
}

/** A network for columns: its last biases take the numbers, and it takes a second. */
async function recalibrateTable(
  job: JobFiles,
  model: TabularModel,
  { champion: folder }: Recalibration,
  { onProgress }: JobOptions,
): Promise<JobReport> {
  const train = await readLabelledFile(job.trainFile, model);
  const validation = await readLabelledFile(job.validationFile, model);
  const champion = trainedOf(await readArtifact(folder));
  const recalibrated = recalibrate(champion, train, validation);
  const { preprocessing, network, temperature, weights } = recalibrated;
  const note = `The champion with the shares of the labels in ${train.rows.length} new rows; its network is the same.`;
  onProgress({ ...startingUp, step: 1, steps: 1, backend: BACKEND });
  const counts = { steps: 1, epochs: 0, bestEpoch: 0, validationLoss: null, backend: BACKEND, notes: [note] };
  const predicted = predictTabular(recalibrated, train.rows).map(({ label }) => label);
  await writeArtifact(job.outFolder, {
    weights,
    signature: {
      format: ARTIFACT_FORMAT,
      model: bareModel(champion.model),
      preprocessing: { columns: preprocessing.columns.map(plain) },
      network: { ...network, hidden: [...network.hidden] },
      temperature,
      reference: plain(referenceShares(model.input, train.rows, model.task, predicted)),
      training: { rows: train.rows.length, validationRows: validation.rows.length, ...counts },
      lineage: job.lineage,
    },
  });
  return { ...counts, resumedAtStep: null };
}

/** Typed arrays do it: there is nothing to learn. */
const BACKEND = 'javascript';

/** A network with the shares of the labels of these rows; validation rows set its temperature, where there are enough. */
export function recalibrate(
  champion: TrainedTabular,
  train: LabelledRows,
  validation: LabelledRows,
): TrainedTabular {
  const { model, temperature } = champion;
  const logits = tabularLogits(champion, train.rows);
  const shift = shiftPriors(logits, labelIndices(model, train.labels), model.task.labels.length, temperature);
  const weights = Float32Array.from(champion.weights);
  const { biasAt } = layersOf(champion.network).at(-1)!;
  for (const [c, b] of shift.entries()) weights[biasAt + c]! += temperature * b;
  const shifted = { ...champion, weights };
  if (validation.rows.length < CALIBRATION_ROWS) return shifted;
  const held = tabularLogits(shifted, validation.rows);
  return { ...shifted, temperature: calibrate(held, labelIndices(model, validation.labels)) };
}
