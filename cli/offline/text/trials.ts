import type { InputRow } from '../../../domain/input.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { openClassifierTrials } from '../classifier-trials.ts';
import type { Searching } from '../offline-task.ts';
import type { OfflineTextSettings } from './recommend.ts';
import { trainOnTexts } from './train.ts';

/** Trainings on texts, side by side. */
export const openTextTrials: Searching<InputRow, OfflineTextSettings>['open'] = async ({
  candidates,
  signal,
  ...rows
}) => {
  const backend = await loadBackend('text');
  return openClassifierTrials({
    candidates,
    rows: rows.train.length,
    train: (settings, stretch) => trainOnTexts(rows, settings, { ...stretch, backend, signal }),
  });
};
