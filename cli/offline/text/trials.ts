import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InputRow } from '../../../domain/input.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { pausing, plannedEpochs } from '../../../training/classification/pause-classifier.ts';
import type { StagedState } from '../../../training/classification/tune-classifier.ts';
import { trainingsInStretches } from '../../../training/search/trials.ts';
import { trainTextVersion } from '../../../training/text-classification/train-text-version.ts';
import type { Searching } from '../offline-task.ts';
import { statesOnDisk } from '../states-on-disk.ts';
import { classificationOf, labelledRows } from './labelled.ts';
import type { OfflineTextSettings } from './recommend.ts';

/** Each trial is the training that its settings would get; what it waits with is on disk, and the rest in no memory. */
export const openTextTrials: Searching<InputRow, OfflineTextSettings>['open'] = async (training) => {
  const { described, candidates, signal } = training;
  const backend = await loadBackend();
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-trials-'));
  const [train, validation] = [labelledRows(training.train), labelledRows(training.validation)];
  const model = { ...described.model, task: classificationOf(described.model) };
  const rows = train.rows.length;
  return {
    epochs: plannedEpochs(rows, candidates[0]!),
    advance: trainingsInStretches<StagedState>(async (trial, stretch) => {
      const { base, ...settings } = candidates[trial]!;
      // A training that ends early writes its version, which nobody asks for.
      const outFolder = path.join(scratch, `version-${trial}`);
      await mkdir(outFolder, { recursive: true });
      await trainTextVersion({
        backend,
        model,
        base,
        settings,
        train,
        validation,
        lineage: {},
        outFolder,
        onProgress: () => {},
        onEpoch: (score) => {
          if (score.validation) stretch.onScore(score.validation);
        },
        checkpoints: pausing(rows, settings, stretch),
        signal,
      });
      await rm(outFolder, { recursive: true });
    }, statesOnDisk(scratch)),
    close: () => rm(scratch, { recursive: true, force: true }),
  };
};
