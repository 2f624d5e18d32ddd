import type { InputRow } from '../../../domain/input.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { trainTextVersion } from '../../../training/text-classification/train-text-version.ts';
import { openClassifierTrials } from '../classifier-trials.ts';
import type { Searching } from '../offline-task.ts';
import { classificationOf, labelledRows } from './labelled.ts';
import type { OfflineTextSettings } from './recommend.ts';

/** Trainings on texts, side by side. */
export const openTextTrials: Searching<InputRow, OfflineTextSettings>['open'] = async (training) => {
  const { described, candidates, signal } = training;
  const backend = await loadBackend('text');
  const [train, validation] = [labelledRows(training.train), labelledRows(training.validation)];
  const model = { ...described.model, task: classificationOf(described.model) };
  return openClassifierTrials({
    candidates,
    rows: train.rows.length,
    train: ({ base, ...settings }, stretch) =>
      trainTextVersion({ ...stretch, backend, model, base, settings, train, validation, signal }),
  });
};
