import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InputRow } from '../../../domain/input.ts';
import type { TabularSettings } from '../../../domain/tabular-settings.ts';
import { createChildTrainer } from '../../../infra/tensorflow/child-trainer.ts';
import { readSignature } from '../../../training/artifact.ts';
import { writeLabelledFile } from '../../../training/labelled-file.ts';
import { weightCount } from '../../../training/tabular/network.ts';
import type { Example, Trained, Training } from '../offline-task.ts';

/** Trains in a child process, which an abort kills; its rows are in a folder that is there for the time of it only. */
export async function trainTabularFile(training: Training<InputRow, TabularSettings>): Promise<Trained> {
  const { described, fineTune, outFolder, lineage, onProgress, onEpoch, signal } = training;
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-finetune-'));
  try {
    const [trainFile, validationFile] = [
      path.join(scratch, 'train.jsonl'),
      path.join(scratch, 'validation.jsonl'),
    ];
    const truthOf = ({ label }: Example<InputRow>) =>
      described.model.task.kind === 'regression' ? Number(label) : label;
    const lines = (rows: readonly Example<InputRow>[]) =>
      rows.map((row) => ({ input: row.input, label: truthOf(row) }));
    await writeLabelledFile(trainFile, lines(training.train));
    await writeLabelledFile(validationFile, lines(training.validation));
    const report = await createChildTrainer().fineTune(
      {
        model: described.model,
        training: { kind: 'table', settings: fineTune, warmStart: null },
        trainFile,
        validationFile,
        outFolder,
        lineage,
      },
      { onProgress, onEpoch, signal },
    );
    const parameters = weightCount((await readSignature(outFolder)).network);
    return { ...report, trainableParameters: parameters, totalParameters: parameters };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
